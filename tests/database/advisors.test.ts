// What Supabase's own advisors say of the database: security and performance, nothing at WARN or ERROR.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { stack } from '../lib/environment.ts';

const run = promisify(execFile);

interface Advice {
  results: { level: string; name: string; detail: string }[];
}

/** Runs the CLI as a reader of its page would; its exit code is 1 when it finds something at the level. */
async function advisors(databaseUrl: string): Promise<{ code: number; advice: Advice }> {
  const args = ['db', 'advisors', `--remote=${databaseUrl}`, '--fail-on', 'warn', '--output-format', 'json'];
  const env = { ...process.env, DO_NOT_TRACK: '1' };
  const { stdout, code } = await run('supabase', args, { env }).then(
    ({ stdout }) => ({ stdout, code: 0 }),
    (error: { stdout: string; code: number }) => error,
  );
  return { code, advice: JSON.parse(stdout) as Advice };
}

test('finds nothing at WARN or ERROR', async () => {
  const { code, advice } = await advisors(stack.databaseUrl);
  expect(advice.results.filter(({ level }) => level !== 'INFO')).toEqual([]);
  expect(code).toBe(0);
});

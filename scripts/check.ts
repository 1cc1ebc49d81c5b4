// `npm run check`: every static check of the repository, one after the other, all of them even when one fails.
import { spawnSync } from 'node:child_process';

interface Check {
  name: string;
  command: string;
  args: string[];
}

const checks: Check[] = [
  { name: 'messages', command: 'node', args: ['scripts/compile-messages.ts'] },
  { name: 'routes', command: 'svelte-kit', args: ['sync'] },
  { name: 'types', command: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'svelte', command: 'svelte-check', args: ['--tsconfig', 'app/tsconfig.json', '--fail-on-warnings'] },
  { name: 'deno', command: 'deno', args: ['check', 'functions', 'stack/functions', 'tests/functions/fixtures'] },
  { name: 'lint', command: 'eslint', args: ['.', '--max-warnings', '0'] },
  { name: 'format', command: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
];

const wanted = process.argv.slice(2);
const failed: string[] = [];
for (const { name, command, args } of checks) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const started = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) console.error(`${command}: ${error.message}. Run \`npm ci\`.`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}`);
  process.exit(1);
}

// `npm run prove:isolation`: tries everything as everybody against the running stack, or a fresh one where none runs, and writes
// docs/isolation.md. `-- --mutate` asks instead, on a stack of its own, whether the proof turns red for each broken rule.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { closeDatabase } from '../tests/lib/database.ts';
import { mutateAll, type MutateOptions } from '../tests/isolation/mutate.ts';
import { parts } from '../tests/isolation/mutation.ts';
import { prepare, prove } from '../tests/isolation/proof.ts';
import { report } from '../tests/isolation/report.ts';
import { startFreshStack } from './fresh-stack.ts';

const mutate = process.argv.includes('--mutate');
/** The values of `--name=value`, as often as it is given. */
const given = (name: string): string[] =>
  process.argv.flatMap((argument) => (argument.startsWith(`--${name}=`) ? [argument.slice(name.length + 3)] : []));

/** What is broken: everything, or `--part=` and `--only=` (part of a name) of it; `--journal=` is a file to go on with. */
function mutateOptions(): MutateOptions {
  const [only, named] = [given('only'), given('part')];
  const chosen = parts.filter((part) => named.includes(part));
  if (chosen.length < named.length) throw new Error(`--part= is one of ${parts.join(', ')}`);
  const [journal] = given('journal');
  return {
    ...(only.length > 0 && { only }),
    ...(chosen.length > 0 && { parts: chosen }),
    ...(journal !== undefined && { journal }),
  };
}

async function runProof(): Promise<boolean> {
  const started = performance.now();
  const { world, findings: missing } = await prepare();
  const { objects, cases, findings, observed } = await prove(world);
  const wrong = [...missing, ...findings];
  for (const { object, what, found } of wrong) console.error(`${object}: ${what}: ${found}`);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(`${objects} objects, ${cases} cases, ${wrong.length} leaks (${seconds} s)`);
  if (wrong.length > 0) return false;
  writeFileSync(new URL('../docs/isolation.md', import.meta.url), report(observed));
  return true;
}

/** The lines of `stack:env` where a demo runs, with its simulators. */
function runningStack(): Record<string, string> | undefined {
  const { status, stdout } = spawnSync('node', ['stack/main.ts', 'env'], { encoding: 'utf8' });
  const lines = Object.fromEntries(
    Array.from(stdout.matchAll(/^([A-Z_]+)="?(.*?)"?$/gm), ([, name, value]) => [name!, value!]),
  );
  return status === 0 && lines['DISCORD_SIMULATOR_URL'] ? lines : undefined;
}

const running = mutate ? undefined : process.env['DISCORD_SIMULATOR_URL'] ? {} : runningStack();
const own = running ? undefined : await startFreshStack({ GLYPHOXA_RATE_LIMIT_SCALE: '1000000' });
Object.assign(process.env, running ?? own?.env);
try {
  const green = mutate ? await mutateAll(mutateOptions()) : await runProof();
  if (!green) process.exitCode = 1;
} finally {
  await closeDatabase();
  await own?.stop({ keep: false });
}

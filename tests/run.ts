// `npm test`: the static checks, then every test against a fresh demo stack in an empty folder and on ports of its own.
// Arguments are handed to vitest: `npm test -- tests/isolation`. The last line is `N passed, N failed`.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FreshStack, startFreshStack } from '../scripts/fresh-stack.ts';

interface Counts {
  passed: number;
  failed: number;
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  success: boolean;
}

const vitestArgs = process.argv.slice(2);

/** Runs vitest and returns its counts; a file that does not load counts as one failure. */
async function runVitest(stack: FreshStack): Promise<Counts> {
  const report = join(stack.home, 'report.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...vitestArgs];
  const child = spawn('vitest', args, { env: stack.env, stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const counts = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  const failed = counts.numFailedTests || (counts.success && code === 0 ? 0 : 1);
  return { passed: counts.numPassedTests, failed };
}

async function run(): Promise<Counts> {
  if (vitestArgs.length === 0) {
    const { status } = spawnSync('node', ['scripts/check.ts'], { stdio: 'inherit' });
    if (status !== 0) return { passed: 0, failed: 1 };
  }
  // The tests make in a minute the calls that people make in an hour; the limits themselves have a test of their own.
  const stack = await startFreshStack({ GLYPHOXA_RATE_LIMIT_SCALE: '1000' });
  const interrupt = () => void stack.stop({ keep: false }).then(() => process.exit(130));
  process.once('SIGINT', interrupt);
  let counts: Counts = { passed: 0, failed: 1 };
  try {
    counts = await runVitest(stack);
  } finally {
    await stack.stop({ keep: counts.failed > 0 });
  }
  return counts;
}

const { passed, failed } = await run();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

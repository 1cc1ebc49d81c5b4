// `npm test`: the static checks, then every test against a fresh demo stack in an empty folder and on ports of its own.
// Arguments are handed to vitest: `npm test -- tests/isolation`. The last line is `N passed, N failed`.
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const vitestArgs = process.argv.slice(2);
const home = mkdtempSync(join(tmpdir(), 'glyphoxa-test-'));
const log = join(home, 'stack.log');

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** First port of twelve free ones, so that the tests run beside any other stack. */
async function freePorts(): Promise<number> {
  for (let first = 53_000; first < 60_000; first += 20) {
    const free = await Promise.all(Array.from({ length: 12 }, (_, offset) => isFree(first + offset)));
    if (free.every(Boolean)) return first;
  }
  throw new Error('No twelve free ports in a row between 53000 and 60000.');
}

function environmentOfStack(env: NodeJS.ProcessEnv): Record<string, string> | undefined {
  const { status, stdout } = spawnSync('node', ['stack/main.ts', 'env'], { env, encoding: 'utf8' });
  if (status !== 0) return undefined;
  return Object.fromEntries(
    stdout
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1).replace(/^"(.*)"$/, '$1')];
      }),
  );
}

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
  success: boolean;
}

/** Runs vitest and returns its counts; a file that does not load counts as one failure. */
async function runVitest(env: NodeJS.ProcessEnv): Promise<{ passed: number; failed: number }> {
  const report = join(home, 'report.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...vitestArgs];
  const child = spawn('vitest', args, { env, stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const counts = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const failed = counts.numFailedTests || (counts.success && code === 0 ? 0 : 1);
  return { passed: counts.numPassedTests, failed };
}

async function main(): Promise<number> {
  if (vitestArgs.length === 0) {
    const { status } = spawnSync('node', ['scripts/check.ts'], { stdio: 'inherit' });
    if (status !== 0) {
      console.log('0 passed, 1 failed');
      return 1;
    }
  }
  const first = await freePorts();
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    GLYPHOXA_HOME: home,
    GLYPHOXA_PORT: String(first),
    // The tests make in a minute the calls that people make in an hour; the limits themselves have a test of their own.
    GLYPHOXA_RATE_LIMIT_SCALE: '1000',
  };
  const stack = spawn('node', ['stack/main.ts', 'demo'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const logFile = createWriteStream(log);
  stack.stdout.pipe(logFile);
  stack.stderr.pipe(logFile);
  const ended = new Promise<void>((resolve) => stack.once('close', () => resolve()));
  const stop = async () => {
    stack.kill('SIGTERM');
    await ended;
  };
  process.once('SIGINT', () => void stop().then(() => process.exit(130)));

  let keep = true;
  try {
    const deadline = Date.now() + 180_000;
    let stackEnv = environmentOfStack(env);
    while (!stackEnv) {
      if (stack.exitCode !== null || Date.now() > deadline) {
        console.error(readFileSync(log, 'utf8').slice(-8000));
        console.error('The stack did not become ready.');
        console.log('0 passed, 1 failed');
        return 1;
      }
      stackEnv = environmentOfStack(env);
    }
    const { passed, failed } = await runVitest({ ...env, ...stackEnv });
    keep = failed > 0;
    await stop();
    console.log(`${passed} passed, ${failed} failed`);
    return failed > 0 ? 1 : 0;
  } finally {
    await stop();
    if (keep) console.error(`Logs of the stack are kept in ${home}`);
    else rmSync(home, { recursive: true, force: true });
  }
}

process.exitCode = await main();

// A demo stack of its own for tests and benchmarks: an empty folder, free ports, ended and removed afterwards.
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface FreshStack {
  home: string;
  /** process.env with the lines of `stack:env`. */
  env: NodeJS.ProcessEnv;
  /** Ends the stack; keeps its folder with the logs when asked to. */
  stop(options: { keep: boolean }): Promise<void>;
}

/** As many ports as a stack spans, docs/architecture.md. */
const span = 13;
const startTimeoutMs = 180_000;
const pollMs = 100;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Below the ports that systems give to outgoing connections, so that none of those takes one meanwhile. */
async function freePorts(): Promise<number> {
  for (let first = 21_000; first < 24_000; first += 20) {
    const free = await Promise.all(Array.from({ length: span }, (_, offset) => isFree(first + offset)));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`No ${span} free ports in a row between 21000 and 24000.`);
}

/** The dotenv lines of `npm run -s stack:env`, or undefined while the stack is not ready. */
function stackEnvironment(env: NodeJS.ProcessEnv): Record<string, string> | undefined {
  const { status, stdout } = spawnSync('node', ['stack/main.ts', 'env'], { env, encoding: 'utf8' });
  if (status !== 0) return undefined;
  const lines = stdout.split('\n').flatMap((line) => {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value.replace(/^"(.*)"$/, '$1')] as const];
  });
  return Object.fromEntries(lines);
}

/** Starts a demo stack and waits until it is ready. `extra` is added to its environment. */
export async function startFreshStack(extra: Record<string, string>): Promise<FreshStack> {
  const home = mkdtempSync(join(tmpdir(), 'glyphoxa-'));
  const log = join(home, 'stack.log');
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    GLYPHOXA_HOME: home,
    GLYPHOXA_PORT: String(await freePorts()),
    ...extra,
  };
  const child = spawn('node', ['stack/main.ts', 'demo'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const logFile = createWriteStream(log);
  child.stdout.pipe(logFile);
  child.stderr.pipe(logFile);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));

  const stop: FreshStack['stop'] = async ({ keep }) => {
    child.kill('SIGTERM');
    await ended;
    if (keep) console.error(`The stack's logs are kept in ${home}`);
    else rmSync(home, { recursive: true, force: true });
  };

  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const lines = stackEnvironment(env);
    if (lines) return { home, env: { ...env, ...lines }, stop };
    if (child.exitCode !== null || Date.now() > deadline) {
      console.error(readFileSync(log, 'utf8').slice(-8000));
      await stop({ keep: true });
      throw new Error('The stack did not become ready.');
    }
    // Meanwhile the stack's output and its end are heard.
    await delay(pollMs);
  }
}

// A stack of its own for tests that kill and stop it: an empty folder, free ports, and nothing of the environment of the
// stack that the other tests share.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RunningService {
  name: string;
  pid: number;
}

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** As many ports as a stack spans, docs/architecture.md. */
const span = 13;
const range = 600;
const readyTimeoutMs = 150_000;

export class OwnStack {
  readonly home: string;
  readonly port: number;
  #process: ChildProcess | undefined;
  #output = '';

  constructor(home: string, port: number) {
    this.home = home;
    this.port = port;
  }

  /** An empty folder and free ports; nothing runs yet. */
  static async prepare(): Promise<OwnStack> {
    return new OwnStack(mkdtempSync(join(tmpdir(), 'glyphoxa-own-')), await freePorts());
  }

  get ports(): number[] {
    return Array.from({ length: span }, (_, offset) => this.port + offset);
  }

  get environment(): NodeJS.ProcessEnv {
    const { PATH, HOME, LANG } = process.env;
    return { PATH, HOME, LANG, GLYPHOXA_HOME: this.home, GLYPHOXA_PORT: String(this.port) };
  }

  /** Resolves when the stack says that it is ready. */
  async start(command: 'start' | 'demo'): Promise<void> {
    const child = spawn('node', ['stack/main.ts', command], {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    this.#output = '';
    const ready = Promise.withResolvers<undefined>();
    const read = (chunk: Buffer) => {
      this.#output += chunk.toString();
      if (this.#output.includes('Glyphoxa is ready')) ready.resolve(undefined);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', () => ready.reject(new Error(`The stack ended while it started:\n${this.#output}`)));
    const late = setTimeout(() => ready.reject(new Error(`Not ready in time:\n${this.#output}`)), readyTimeoutMs);
    await ready.promise.finally(() => clearTimeout(late));
  }

  /** Runs one command of the stack to its end. */
  async run(command: string): Promise<CommandResult> {
    const child = spawn('node', ['stack/main.ts', command], { env: this.environment });
    const result: CommandResult = { code: null, stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (result.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (result.stderr += chunk.toString()));
    result.code = await new Promise((resolve) => child.once('close', resolve));
    return result;
  }

  /** The lines of `stack:env`. */
  async readEnvironment(): Promise<Record<string, string>> {
    const { stdout } = await this.run('env');
    return Object.fromEntries(
      Array.from(stdout.matchAll(/^([A-Z_]+)="(.*)"$/gm), ([, name, value]) => [name!, value!]),
    );
  }

  /** Processes as the supervisor has written them down. */
  get services(): RunningService[] {
    return (this.#state()?.services ?? []) as RunningService[];
  }

  get supervisorPid(): number | undefined {
    return (this.#state()?.supervisor as { pid: number } | undefined)?.pid;
  }

  /** Kills the supervisor alone, so that it can neither stop nor tell anybody. */
  async killSupervisor(): Promise<void> {
    const child = this.#process!;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** Stops what runs and removes the folder. */
  async remove(): Promise<void> {
    await this.run('stop');
    rmSync(this.home, { recursive: true, force: true });
  }

  #state(): Record<string, unknown> | undefined {
    const file = join(this.home, 'stack.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : undefined;
  }
}

/** The given processes and everything they started. */
export function withDescendants(pids: number[]): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(Number(name)));
  }
  const found = new Set(pids);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** False for a zombie too: only its parent's list still knows it. */
export function isRunning(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== undefined && stat[0] !== 'Z';
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function parentOf(pid: number): number {
  return Number(readStat(pid)?.[1] ?? 0);
}

/** State and what follows it: the name before may hold anything. */
function readStat(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Files that run at once look in ranges of their own: a port that was found free is taken only when its stack has started. */
async function freePorts(): Promise<number> {
  const begin = 24_400 + (Number(process.env['VITEST_POOL_ID'] ?? 1) % 5) * range;
  for (let first = begin; first < begin + range; first += 20) {
    const free = await Promise.all(Array.from({ length: span }, (_, offset) => isFree(first + offset)));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`No ${span} free ports in a row between ${begin} and ${begin + range}.`);
}

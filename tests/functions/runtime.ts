// A functions runtime of one's own, as the stack starts it, for what must not happen to the shared one.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const root = dirname(dirname(import.meta.dirname));

export interface LogLine {
  level: string;
  message: string;
  function?: string;
  request_id?: string | null;
  late?: boolean;
  [field: string]: unknown;
}

export class Runtime {
  readonly url: string;
  readonly logs: LogLine[] = [];
  readonly #child: ChildProcess;
  readonly #cache: string;
  readonly #waiting = new Set<() => void>();

  private constructor(child: ChildProcess, url: string, cache: string) {
    this.#child = child;
    this.url = url;
    this.#cache = cache;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream! }).on('line', (line) => {
        this.logs.push(line.startsWith('{') ? (JSON.parse(line) as LogLine) : { level: 'raw', message: line });
        for (const look of this.#waiting) look();
      });
    }
  }

  /** `env` holds FUNCTIONS_* and what the functions are given. */
  static async start(env: Record<string, string>): Promise<Runtime> {
    const port = await freePort();
    const cache = mkdtempSync(join(tmpdir(), 'glyphoxa-functions-'));
    const args = [
      'run',
      '--cached-only',
      '--no-prompt',
      '--unstable-worker-options',
      '--unstable-no-legacy-abort',
      '--v8-flags=--max-old-space-size=256',
      `--allow-read=${root},${tmpdir()}`,
      '--allow-env',
      '--allow-net',
      '--allow-sys',
      join(root, 'stack/functions/main.ts'),
    ];
    const { PATH, HOME } = process.env;
    const child = spawn(join(root, 'node_modules/deno/deno'), args, {
      env: {
        PATH,
        HOME,
        DENO_DIR: cache,
        NO_COLOR: '1',
        FUNCTIONS_ROOT: root,
        FUNCTIONS_PORT: String(port),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const runtime = new Runtime(child, `http://127.0.0.1:${port}`, cache);
    await Promise.race([
      runtime.logged((line) => line.message.startsWith('Serving')),
      once(child, 'exit').then(() => {
        throw new Error(`The runtime ended: ${runtime.logs.map((line) => line.message).join('\n')}`);
      }),
    ]);
    return runtime;
  }

  /** Settles when the process is gone, also when it was before. */
  get exited(): Promise<unknown> {
    return this.#child.exitCode === null && this.#child.signalCode === null
      ? once(this.#child, 'exit')
      : Promise.resolve();
  }

  /** The first line that fits, waiting for it when it has not come yet. */
  logged(fits: (line: LogLine) => boolean): Promise<LogLine> {
    return new Promise((resolve) => {
      const look = () => {
        const line = this.logs.find(fits);
        if (!line) return;
        this.#waiting.delete(look);
        resolve(line);
      };
      this.#waiting.add(look);
      look();
    });
  }

  async stop(): Promise<void> {
    const exited = this.exited;
    this.#child.kill('SIGTERM');
    await exited;
    rmSync(this.#cache, { recursive: true, force: true });
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}

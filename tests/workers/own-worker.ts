// A worker of a test's own, to be killed: the program of `npm run workers`, on a database that nobody else works for.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { stackVariable } from '../lib/environment.ts';

const main = join(import.meta.dirname, '../../workers/main.ts');

/** One line that the worker logged. */
export interface LogLine {
  level: string;
  message: string;
  job?: string;
  error?: string;
  /** Of the last line: finished, or given back. */
  outcome?: string;
}

export class OwnWorker {
  readonly #child: ChildProcess;
  readonly lines: LogLine[] = [];
  readonly #ready = Promise.withResolvers<undefined>();
  readonly #ended: Promise<number | null>;
  #errors = '';

  constructor(databaseUrl: string, extra: Record<string, string> = {}) {
    const mailbox = new URL(stackVariable('MAILBOX_URL'));
    this.#child = spawn('node', [main], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE:
          process.env.NODE_COMPILE_CACHE ?? join(stackVariable('GLYPHOXA_HOME'), 'cache', 'test-node'),
        WORKER_DATABASE_URL: databaseUrl,
        // Any free port.
        WORKERS_PORT: '0',
        APP_URL: stackVariable('APP_URL'),
        SMTP_HOST: '127.0.0.1',
        SMTP_PORT: String(Number(mailbox.port) + 1),
        SMTP_FROM: 'Glyphoxa <no-reply@glyphoxa.localhost>',
        DISCORD_API_URL: `${stackVariable('DISCORD_SIMULATOR_URL')}/api`,
        ...extra,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let rest = '';
    this.#child.stdout!.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) this.#read(part);
    });
    this.#child.stderr!.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()));
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
    void this.#ended.then(() => this.#ready.reject(new Error(`The worker ended:\n${this.#errors}`)));
    this.#ready.promise.catch(() => undefined);
  }

  get ready(): Promise<undefined> {
    return this.#ready.promise;
  }

  /** Sends the signal, and resolves with the exit code when the process is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal);
    return this.#ended;
  }

  #read(line: string): void {
    const parsed = JSON.parse(line) as LogLine;
    this.lines.push(parsed);
    if (parsed.message === 'workers ready') this.#ready.resolve(undefined);
  }
}

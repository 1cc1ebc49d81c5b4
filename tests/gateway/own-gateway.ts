// A gateway of a test's own, beside the stack's: the same program on the same database, to be cut off and killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { stackVariable } from '../lib/environment.ts';
import { isFree } from '../lib/own-stack.ts';

const main = join(import.meta.dirname, '../../stack/simulators/gateway/main.ts');

export class OwnGateway {
  readonly port: number;
  #process: ChildProcess | undefined;

  constructor(port: number) {
    this.port = port;
  }

  static async prepare(): Promise<OwnGateway> {
    // Begins anywhere, so that two tests that look at the same moment do not take the same.
    const first = 2 * randomInt(500);
    for (let tried = 0; tried < 1_000; tried += 2) {
      const port = 23_400 + ((first + tried) % 1_000);
      if ((await isFree(port)) && (await isFree(port + 1))) return new OwnGateway(port);
    }
    throw new Error('No two free ports between 23400 and 24400.');
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get controlUrl(): string {
    return `http://127.0.0.1:${this.port + 1}`;
  }

  async start(databaseUrl = stackVariable('GATEWAY_DATABASE_URL')): Promise<void> {
    const child = spawn('node', [main], {
      env: {
        PATH: process.env.PATH,
        PORT: String(this.port),
        CONTROL_PORT: String(this.port + 1),
        GATEWAY_DATABASE_URL: databaseUrl,
        GLYPHOXA_GATEWAY_SECRET: stackVariable('GLYPHOXA_GATEWAY_SECRET'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    let output = '';
    const ready = Promise.withResolvers<undefined>();
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('gateway ready')) ready.resolve(undefined);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', () => ready.reject(new Error(`The gateway ended:\n${output}`)));
    await ready.promise;
  }

  /** SIGTERM lets it end its sessions, SIGKILL does not. Nothing happens when it has ended. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill(signal);
    await ended;
  }
}

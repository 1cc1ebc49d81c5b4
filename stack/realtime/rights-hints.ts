import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { errorText, log } from './log.ts';

/** What SQL notifies when somebody's rights have changed. */
const channel = 'realtime_reauthorize';
const reconnectMs = 1000;

/**
 * Listens for the hint that rights have changed, so that they are asked at once. Only a hint: without it, or while the database
 * is away, the sweep of `reauthorization.ts` finds out by itself.
 */
export class RightsHints {
  #databaseUrl: string;
  #changed: () => void;
  #client: pg.Client | null = null;
  #stop = new AbortController();
  #running: Promise<void> | null = null;

  constructor(databaseUrl: string, changed: () => void) {
    this.#databaseUrl = databaseUrl;
    this.#changed = changed;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#client?.end();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#listen();
      } catch (error) {
        if (!this.#stop.signal.aborted) log('warn', 'hints of changed rights not heard', { error: errorText(error) });
      }
      await sleep(reconnectMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** Ends when the connection does. */
  async #listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#databaseUrl,
      application_name: 'realtime-hints',
      connectionTimeoutMillis: 5000,
    });
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    client.on('error', (error) => log('warn', 'database connection lost', { error: error.message }));
    client.on('notification', this.#changed);
    await client.connect();
    this.#client = client;
    await client.query(`listen ${channel}`);
    // What was said while nobody listened.
    this.#changed();
    if (this.#stop.signal.aborted) await client.end();
    await ended;
    this.#client = null;
  }
}

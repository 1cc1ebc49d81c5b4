import pg from 'pg';
import type { PgBoss } from 'pg-boss';
import { dispatchOutbox } from './dispatcher.ts';
import type { JobDefinition } from './jobs/job.ts';
import { describe, type Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { Runner, type SharedDeps } from './runner.ts';

export interface WorkersParts {
  pool: pg.Pool;
  /** For the one connection that listens. */
  databaseUrl: string;
  boss: PgBoss;
  jobs: JobDefinition[];
  concurrency: number;
  deps: SharedDeps;
  metrics: Metrics;
  log: Log;
}

/** How often to look when nobody calls: for delays that have passed and retries that are due. */
const lookMs = 1_000;
/** Until the listening connection is opened again. */
const reconnectMs = 5_000;

/** The loop: hands over what is due, starts what is ready, and sleeps until it is called or a second has passed. */
export class Workers {
  readonly #parts: WorkersParts;
  readonly #runner: Runner;
  readonly #names: string[];
  #listener: pg.Client | undefined;
  #listening: NodeJS.Timeout | undefined;
  #stopped = false;
  #called = Promise.withResolvers<undefined>();
  #loop: Promise<void> | undefined;
  #lastLook = Date.now();

  constructor(parts: WorkersParts) {
    this.#parts = parts;
    this.#runner = new Runner(parts);
    this.#names = parts.jobs.map(({ name }) => name);
  }

  get lastLook(): number {
    return this.#lastLook;
  }

  start(): void {
    void this.#listen();
    this.#loop = this.#turn();
  }

  /** Ends the loop and waits for jobs under way, at most so long; the database takes back what is not done by then. */
  async stop(patienceMs: number): Promise<'finished' | 'given back'> {
    this.#stopped = true;
    clearTimeout(this.#listening);
    this.#called.resolve(undefined);
    await this.#loop;
    const outcome = await Promise.race([
      this.#runner.stop().then(() => 'finished' as const),
      new Promise<'given back'>((resolve) => setTimeout(resolve, patienceMs, 'given back').unref()),
    ]);
    await this.#listener?.end();
    return outcome;
  }

  async #turn(): Promise<void> {
    while (!this.#stopped) {
      this.#called = Promise.withResolvers<undefined>();
      try {
        await this.#look();
      } catch (thrown) {
        // The database may be away for a while: the next look finds everything that was due meanwhile.
        this.#parts.log.error('could not look for work', { error: describe(thrown) });
      }
      this.#lastLook = Date.now();
      if (this.#stopped) return;
      const timer = setTimeout(this.#called.resolve, lookMs);
      await this.#called.promise;
      clearTimeout(timer);
    }
  }

  async #look(): Promise<void> {
    const { pool, boss, metrics } = this.#parts;
    let due = await this.#due();
    if (due.outbox) {
      metrics.handed(await dispatchOutbox(pool, boss, this.#names));
      due = await this.#due();
    }
    this.#runner.run(due.queues);
  }

  async #due(): Promise<{ outbox: boolean; queues: string[] }> {
    const { rows } = await this.#parts.pool.query<{ outbox: boolean; queues: string[] }>(
      'select * from private.work_due($1)',
      [this.#names],
    );
    return rows[0]!;
  }

  /** Behind a pooler that shares connections nothing is heard; the looks go on all the same. */
  async #listen(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#parts.databaseUrl, keepAlive: true });
    const again = (thrown?: unknown) => {
      if (this.#stopped || this.#listener !== client) return;
      this.#listener = undefined;
      if (thrown) this.#parts.log.warn('not listening', { error: describe(thrown) });
      this.#listening = setTimeout(() => void this.#listen(), reconnectMs);
    };
    this.#listener = client;
    client.on('error', again);
    client.on('end', () => again());
    client.on('notification', () => this.#called.resolve(undefined));
    try {
      await client.connect();
      await client.query('listen glyphoxa_outbox');
    } catch (thrown) {
      again(thrown);
    }
  }
}

import type pg from 'pg';
import type { PgBoss } from 'pg-boss';
import { bossDatabase, database, inTransaction } from './database.ts';
import type { JobDefinition, JobDeps } from './jobs/job.ts';
import { describe, type Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** What a job gets besides its transaction and its time. */
export type SharedDeps = Omit<JobDeps, 'db' | 'signal'>;

export interface RunnerParts {
  pool: pg.Pool;
  boss: PgBoss;
  jobs: JobDefinition[];
  /** Jobs under way at once; each holds a connection. */
  concurrency: number;
  deps: SharedDeps;
  metrics: Metrics;
  log: Log;
}

/**
 * Runs jobs, each in one transaction from taking it to completing it. Killed anywhere in between, the server undoes what was
 * written and the job is there again at once, without a time to wait out and with nobody to clean up.
 *
 * A failed try keeps nothing but its failure: the handler's writes are undone to a savepoint, the failure is counted.
 */
export class Runner {
  readonly #parts: RunnerParts;
  readonly #byName: Map<string, JobDefinition>;
  /** One at a time per queue, so that a flood of one kind leaves room for the others. */
  readonly #running = new Map<string, Promise<void>>();
  /** Asked for while there was no room: looked at again as soon as there is. */
  readonly #waiting = new Set<string>();
  #stopping = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#byName = new Map(parts.jobs.map((job) => [job.name, job]));
  }

  /** Begins to empty these queues; those for which there is no room yet follow. */
  run(queues: string[]): void {
    for (const name of queues) {
      const job = this.#byName.get(name);
      if (!job || this.#stopping) continue;
      if (this.#running.has(name) || this.#running.size >= this.#parts.concurrency) {
        this.#waiting.add(name);
        continue;
      }
      const emptied = this.#empty(job)
        .catch((thrown: unknown) => this.#parts.log.error('a queue stopped', { job: name, error: describe(thrown) }))
        .finally(() => {
          this.#running.delete(name);
          const waiting = [...this.#waiting];
          this.#waiting.clear();
          this.run(waiting);
        });
      this.#running.set(name, emptied);
    }
  }

  /** Takes no new job and waits for those under way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#running.values());
  }

  async #empty(job: JobDefinition): Promise<void> {
    while (!this.#stopping && (await this.#one(job)));
  }

  /** Takes one job and settles it; false when there is none. */
  async #one(job: JobDefinition): Promise<boolean> {
    const { pool, boss } = this.#parts;
    return inTransaction(pool, async (client) => {
      const limit = String((job.options.timeout + 5) * 1000);
      await client.query(
        `select set_config('statement_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $1, true)`,
        [limit],
      );
      const db = bossDatabase(client);
      const [taken] = await boss.fetch<unknown>(job.name, { db, includeMetadata: true });
      if (!taken) return false;
      await client.query('savepoint job');
      const started = performance.now();
      const failure = await this.#handle(job, taken.data, client).then(
        async (result) => {
          await boss.complete(job.name, taken.id, result, { db });
          return undefined;
        },
        (thrown: unknown) => ({ thrown }),
      );
      if (failure) {
        await client.query('rollback to savepoint job');
        await boss.fail(job.name, taken.id, { message: describe(failure.thrown) }, { db });
      }
      this.#tell(job, taken.id, taken.retryCount, started, failure);
      return true;
    });
  }

  async #handle(job: JobDefinition, data: unknown, client: pg.PoolClient): Promise<object> {
    const payload = job.payload.parse(data ?? {});
    const signal = AbortSignal.timeout(job.options.timeout * 1000);
    const { log } = this.#parts;
    return job.handle(payload, { ...this.#parts.deps, db: database(client), log, signal });
  }

  #tell(job: JobDefinition, id: string, tries: number, started: number, failure?: { thrown: unknown }): void {
    const { log, metrics } = this.#parts;
    const seconds = (performance.now() - started) / 1000;
    const last = tries >= job.options.retries;
    const outcome = !failure ? 'done' : last ? 'dead' : 'failed';
    metrics.jobEnded(job.name, outcome, seconds);
    const fields = { job: job.name, id, seconds: Math.round(seconds * 1000) / 1000 };
    if (!failure) log.info('job done', fields);
    else
      log[last ? 'error' : 'warn'](`job ${outcome}`, { ...fields, tries: tries + 1, error: describe(failure.thrown) });
  }
}

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { QueueState } from './queue-state.ts';

export type JobOutcome = 'done' | 'failed' | 'dead';

/** What Prometheus reads. The state of the queues is asked when somebody looks. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #jobs: Counter<'job' | 'outcome'>;
  readonly #seconds: Histogram<'job'>;
  readonly #handed: Counter;
  readonly #outbox: Gauge<'state'>;
  readonly #outboxLag: Gauge;
  readonly #queued: Gauge<'job' | 'state'>;
  readonly #queueLag: Gauge<'job'>;
  readonly #dead: Gauge;

  constructor() {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    const prefix = 'glyphoxa_workers_';
    this.#jobs = new Counter({
      name: `${prefix}jobs_total`,
      help: 'Tries of jobs by their outcome: done, failed (tried again), dead (given up).',
      labelNames: ['job', 'outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: `${prefix}job_seconds`,
      help: 'How long one try took.',
      labelNames: ['job'],
      buckets: [0.01, 0.05, 0.25, 1, 5, 15, 60],
      registers,
    });
    this.#handed = new Counter({
      name: `${prefix}outbox_handed_total`,
      help: 'Rows of the outbox handed to their queue.',
      registers,
    });
    this.#outbox = new Gauge({
      name: `${prefix}outbox_rows`,
      help: 'Rows of the outbox: all, those that are due, and those of jobs that this worker does not know.',
      labelNames: ['state'],
      registers,
    });
    this.#outboxLag = new Gauge({
      name: `${prefix}outbox_lag_seconds`,
      help: 'How long the oldest row that is due has been due.',
      registers,
    });
    this.#queued = new Gauge({
      name: `${prefix}queue_jobs`,
      help: 'Jobs that wait: ready to run, or delayed after a failure.',
      labelNames: ['job', 'state'],
      registers,
    });
    this.#queueLag = new Gauge({
      name: `${prefix}queue_lag_seconds`,
      help: 'How long the oldest job that is ready has been ready.',
      labelNames: ['job'],
      registers,
    });
    this.#dead = new Gauge({
      name: `${prefix}dead_letters`,
      help: 'Jobs that failed at every try and wait for the operator.',
      registers,
    });
  }

  jobEnded(job: string, outcome: JobOutcome, seconds: number): void {
    this.#jobs.inc({ job, outcome });
    this.#seconds.observe({ job }, seconds);
  }

  handed(rows: number): void {
    this.#handed.inc(rows);
  }

  async text(state: QueueState): Promise<string> {
    this.#outbox.set({ state: 'all' }, state.outbox.rows);
    this.#outbox.set({ state: 'due' }, state.outbox.due);
    this.#outbox.set({ state: 'unknown' }, state.outbox.unknown);
    this.#outboxLag.set(state.outbox.lag_seconds);
    this.#queued.reset();
    this.#queueLag.reset();
    for (const [job, queue] of Object.entries(state.queues)) {
      this.#queued.set({ job, state: 'ready' }, queue.ready);
      this.#queued.set({ job, state: 'delayed' }, queue.delayed);
      this.#queueLag.set({ job }, queue.lag_seconds);
    }
    this.#dead.set(state.dead_letters);
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}

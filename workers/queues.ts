import { PgBoss, type Queue, type QueueResult } from 'pg-boss';
import type pg from 'pg';
import { bossDatabase } from './database.ts';
import type { JobDefinition, JobOptions } from './jobs/job.ts';
import { describe, type Log } from './log.ts';

/** Where jobs lie that failed at every try. */
export const deadLetters = 'dead.letter';

/** Finished jobs are kept so long, in seconds: for looking, not for work. */
const keptSeconds = 3 * 86_400;
/** Jobs that nobody takes are kept for so long. */
const retainedSeconds = 60 * 86_400;

/** pg-boss keeps the queues and their schedules; its schema is made by a migration. Jobs are run by our runner. */
export async function openQueues(pool: pg.Pool, jobs: JobDefinition[], log: Log): Promise<PgBoss> {
  const boss = new PgBoss({
    db: bossDatabase(pool),
    schema: 'pgboss',
    createSchema: false,
    migrate: false,
    // The worker's role owns no index.
    reindex: false,
    monitorVacuum: false,
  });
  boss.on('error', (error) => log.error('pg-boss', { error: describe(error) }));
  boss.on('warning', ({ message }) => log.warn('pg-boss', { warning: message }));
  await boss.start();
  await makeQueues(boss, jobs);
  await makeSchedules(boss, jobs);
  for (const { name, atStart } of jobs) if (atStart) await boss.send(name, {});
  return boss;
}

async function makeQueues(boss: PgBoss, jobs: JobDefinition[]): Promise<void> {
  const existing = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
  if (!existing.has(deadLetters)) {
    await boss.createQueue(deadLetters, { retryLimit: 0, retentionSeconds: retainedSeconds });
  }
  for (const { name, options } of jobs) {
    const wanted = queueOptions(options);
    const queue = existing.get(name);
    if (!queue) await boss.createQueue(name, wanted);
    else if (differs(queue, wanted)) await boss.updateQueue(name, wanted);
  }
}

function queueOptions({ retries, delay, longestDelay, timeout }: JobOptions): Omit<Queue, 'name'> {
  return {
    retryLimit: retries,
    retryDelay: delay,
    retryDelayMax: longestDelay,
    retryBackoff: true,
    // A job is taken and finished in one transaction, so nothing is ever seen under way; this is the limit all the same.
    expireInSeconds: timeout,
    retentionSeconds: retainedSeconds,
    deleteAfterSeconds: keptSeconds,
    deadLetter: deadLetters,
  };
}

function differs(queue: QueueResult, wanted: Omit<Queue, 'name'>): boolean {
  return (Object.keys(wanted) as (keyof typeof wanted)[]).some((key) => queue[key] !== wanted[key]);
}

/** Schedules of jobs that are gone go too. */
async function makeSchedules(boss: PgBoss, jobs: JobDefinition[]): Promise<void> {
  const existing = new Map((await boss.getSchedules()).map(({ name, cron }) => [name, cron]));
  for (const { name, schedule } of jobs) {
    if (schedule && existing.get(name) !== schedule) await boss.schedule(name, schedule, {}, { tz: 'UTC' });
  }
  const wanted = new Set(jobs.flatMap(({ name, schedule }) => (schedule ? [name] : [])));
  for (const name of existing.keys()) if (!wanted.has(name)) await boss.unschedule(name);
}

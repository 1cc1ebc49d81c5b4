// A worker that is told to stop finishes what it does, takes nothing new, and gives back what takes too long; and jobs that were given
// up are done when the operator asks for them again.
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { closeDatabase } from '../lib/database.ts';
import { patience } from '../lib/patience.ts';
import { OwnWorker } from './own-worker.ts';
import { Scratch, type Table } from './scratch.ts';

let scratch: Scratch;
let table: Table;

beforeAll(async () => {
  scratch = await Scratch.create();
  table = await scratch.table();
});
afterAll(async () => {
  await scratch?.remove();
  await closeDatabase();
});

async function start(): Promise<OwnWorker> {
  const worker = new OwnWorker(scratch.database.urlFor('WORKER_DATABASE_URL'), scratch.workerEnv);
  await worker.ready;
  await scratch.drained();
  return worker;
}

const hours = () =>
  scratch.one<number>('select monthly_session_hours::int as answer from public.tenants where id = $1', [table.tenant]);
const waiting = () =>
  scratch.root(`select name, state, retry_count from pgboss.job where state < 'completed' and name = 'tenant.sync'`);

/** Wants tenant.sync, and holds the row that it must write; resolves when the job waits for it. */
async function stuckJob(): Promise<{ release: () => Promise<void> }> {
  await scratch.root('update public.tenants set monthly_session_hours = 3 where id = $1', [table.tenant]);
  const holder = new pg.Client({ connectionString: scratch.database.urlFor('DATABASE_URL') });
  await holder.connect();
  await holder.query('begin');
  await holder.query('select from public.tenants where id = $1 for update', [table.tenant]);
  await scratch.enqueue('tenant.sync', { tenant_id: table.tenant });
  await vi.waitFor(
    async () =>
      expect(
        await scratch.root(
          `select from pg_stat_activity where datname = current_database() and application_name = 'glyphoxa-workers'
             and wait_event_type = 'Lock'`,
        ),
      ).toHaveLength(1),
    patience,
  );
  return {
    async release() {
      await holder.query('rollback');
      await holder.end();
    },
  };
}

const lastWords = (worker: OwnWorker) =>
  worker.lines.filter(({ message }) => message === 'workers stopped').map(({ outcome }) => outcome);

test('a job under way is finished, and none is begun', async () => {
  const worker = await start();
  const job = await stuckJob();
  const ended = worker.end('SIGTERM');
  await vi.waitFor(() => expect(worker.lines.at(-1)?.message).toBe('workers stopping'), { ...patience, interval: 10 });
  // Of another queue, which has nothing to wait for.
  await scratch.enqueue('session.reap');
  await job.release();
  expect(await ended).toBe(0);
  expect(lastWords(worker)).toEqual(['finished']);
  expect(await hours()).toBe(0);
  expect(await waiting()).toEqual([]);

  expect(await scratch.root('select job from private.outbox')).toEqual([{ job: 'session.reap' }]);
  const next = await start();
  await next.end('SIGTERM');
});

test('a job that takes longer than eight seconds is given back as if it had never begun', async () => {
  const worker = await start();
  const job = await stuckJob();
  const began = performance.now();
  expect(await worker.end('SIGTERM')).toBe(0);
  const took = performance.now() - began;
  expect(took).toBeGreaterThan(7_900);
  // The supervisor kills it after ten; here other files keep the machine busy too.
  expect(took).toBeLessThan(20_000);
  expect(lastWords(worker)).toEqual(['given back']);
  await job.release();
  await vi.waitFor(
    async () => expect(await waiting()).toEqual([{ name: 'tenant.sync', state: 'created', retry_count: 0 }]),
    patience,
  );
  expect(await hours()).toBe(3);

  const next = await start();
  expect(await hours()).toBe(0);
  await next.end('SIGTERM');
});

test('a dead letter is done when its cause is mended and it is revived', async () => {
  // Before the worker starts: a session wants a warning of its own accord.
  const session = await scratch.session(table, '3 hours 57 minutes');
  await scratch.root('delete from private.outbox');
  await scratch.root('revoke execute on function private.warn_session(text, numeric) from glyphoxa_worker');
  const worker = await start();
  await scratch.enqueue('session.warn', { session_id: session, hours: 8 });
  const letters = () =>
    scratch.root<{ id: string; job: string; retries: number }>('select * from private.dead_letters');
  await vi.waitFor(async () => {
    // Growing pauses, passed in an instant.
    await scratch.root(`update pgboss.job set start_after = now() where state = 'retry'`);
    expect(await letters()).toHaveLength(1);
  }, patience);
  const [letter] = await letters();
  expect(letter).toMatchObject({ job: 'session.warn', retries: 5 });
  expect(JSON.stringify(letter)).toContain('permission denied');
  const told = () =>
    scratch.root('select kind from mgmt.notifications where tenant_id = $1 and subject_id = $2', [
      table.tenant,
      session,
    ]);
  expect(await told()).toEqual([]);

  await scratch.root('grant execute on function private.warn_session(text, numeric) to glyphoxa_worker');
  await scratch.root('select private.revive_dead_letter($1)', [letter!.id]);
  await scratch.drained();
  expect(await told()).toEqual([{ kind: 'session_warning' }]);
  expect(await letters()).toEqual([]);
  await worker.end('SIGTERM');
});

// A job is done if and only if its cause committed. Jobs are seen in the effects of notify.email, which keeps what it did.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { asRoot, closeDatabase, connectAs } from '../lib/database.ts';
import { stackVariable } from '../lib/environment.ts';
import { mailTo } from '../lib/mailbox.ts';
import { type SignedIn } from '../lib/people.ts';
import { patience } from '../lib/patience.ts';
import { newOwner, tenantOf } from '../sessions/table.ts';

let alice: SignedIn;
let tenant: string;

beforeAll(async () => {
  alice = await newOwner('alice');
  ({ tenant } = await tenantOf(alice));
});
afterAll(closeDatabase);

const plant = async () => {
  const [row] = await asRoot<{ id: string }>(
    `insert into mgmt.notifications (user_id, tenant_id, kind) values ($1, $2, 'test') returning id`,
    [alice.userId, tenant],
  );
  return row!.id;
};
const enqueue = `select private.enqueue('notify.email', jsonb_build_object('notification_id', $1::text))`;
const delivered = async (id: string) =>
  (await asRoot('select from private.notification_deliveries where notification_id = $1', [id])).length;
const settled = () =>
  vi.waitFor(async () => {
    const answer = await fetch(`${stackVariable('WORKERS_URL')}/readyz`);
    const state = (await answer.json()) as { outbox: { due: number }; queues: Record<string, { ready: number }> };
    expect(state.outbox.due).toBe(0);
    expect(state.queues['notify.email']?.ready ?? 0).toBe(0);
  }, patience);

test('a committed row is done soon, once, and leaves the outbox', async () => {
  const id = await plant();
  const before = (await mailTo(alice.person.email!)).length;
  await asRoot(enqueue, [id]);
  await vi.waitFor(async () => expect(await delivered(id)).toBe(1), patience);
  await settled();
  expect(await asRoot(`select from private.outbox where payload ->> 'notification_id' = $1`, [id])).toEqual([]);
  expect((await mailTo(alice.person.email!)).length).toBe(before + 1);
});

test('two rows for the same thing send one mail', async () => {
  const id = await plant();
  const before = (await mailTo(alice.person.email!)).length;
  await asRoot(`${enqueue}, ${enqueue.slice('select '.length)}`, [id]);
  await vi.waitFor(async () => expect(await delivered(id)).toBe(1), patience);
  await settled();
  expect((await mailTo(alice.person.email!)).length).toBe(before + 1);
});

test('what is rolled back leaves no job', async () => {
  const id = await plant();
  const client = await connectAs('DATABASE_URL');
  await client.query('begin');
  await client.query(enqueue, [id]);
  await client.query('rollback');
  await client.end();
  // A later job is done before an earlier one could have been forgotten.
  const after = await plant();
  await asRoot(enqueue, [after]);
  await vi.waitFor(async () => expect(await delivered(after)).toBe(1), patience);
  await settled();
  expect(await delivered(id)).toBe(0);
  expect(await asRoot(`select from pgboss.job where data ->> 'notification_id' = $1`, [id])).toEqual([]);
});

test('a row for later waits in the outbox', async () => {
  const id = await plant();
  await asRoot(
    `select private.enqueue('notify.email', jsonb_build_object('notification_id', $1::text), private.now() + interval '1 hour')`,
    [id],
  );
  const now = await plant();
  await asRoot(enqueue, [now]);
  await vi.waitFor(async () => expect(await delivered(now)).toBe(1), patience);
  expect(await delivered(id)).toBe(0);
  await asRoot(`update private.outbox set run_at = private.now() where payload ->> 'notification_id' = $1`, [id]);
  await vi.waitFor(async () => expect(await delivered(id)).toBe(1), patience);
});

test('a job of another worker stays where it is', async () => {
  const [row] = await asRoot<{ id: string }>(`select private.enqueue('unknown.job') as id`);
  const id = await plant();
  await asRoot(enqueue, [id]);
  await vi.waitFor(async () => expect(await delivered(id)).toBe(1), patience);
  expect(await asRoot(`delete from private.outbox where id = $1 returning job`, [row!.id])).toEqual([
    { job: 'unknown.job' },
  ]);
});

test('a job that fails at every try becomes a dead letter, which the operator sees and revives', async () => {
  const marker = randomUUID();
  const mine = `data ->> 'marker' = '${marker}'`;
  await asRoot('select private.enqueue($1, $2)', ['notify.email', { notification_id: 'no id', marker }]);
  await vi.waitFor(async () => {
    // Half a day of growing pauses, passed in an instant.
    await asRoot(`update pgboss.job set start_after = now() where state = 'retry' and ${mine}`);
    expect(await asRoot(`select from private.dead_letters where payload ->> 'marker' = $1`, [marker])).toHaveLength(1);
  }, patience);
  const [letter] = await asRoot<{ id: string }>('select * from private.dead_letters where payload ->> $1 = $2', [
    'marker',
    marker,
  ]);
  expect(letter).toMatchObject({ job: 'notify.email', retries: 12 });
  expect(JSON.stringify(letter)).toContain('notification_id');
  expect(await (await fetch(`${stackVariable('WORKERS_URL')}/metrics`)).text()).toMatch(
    /jobs_total\{job="notify.email",outcome="dead"\} [1-9]/,
  );

  const client = await connectAs('DATABASE_URL');
  await client.query('begin');
  await client.query('select private.revive_dead_letter($1)', [letter!.id]);
  const { rows } = await client.query(`select job from private.outbox where payload ->> 'marker' = $1`, [marker]);
  expect(rows).toEqual([{ job: 'notify.email' }]);
  await client.query('rollback');
  await client.end();
  await asRoot(`delete from pgboss.job where ${mine}`);
});

test('the worker’s role reads no table of ours', async () => {
  const readable = await asRoot(
    `select c.oid::regclass::text as name from pg_class c
     where c.relnamespace in ('public'::regnamespace, 'mgmt'::regnamespace, 'private'::regnamespace, 'auth'::regnamespace)
       and c.relkind in ('r', 'p', 'v') and has_any_column_privilege('glyphoxa_worker', c.oid, 'select, insert, update')`,
  );
  expect(readable).toEqual([]);
  const [boss] = await asRoot(`select has_schema_privilege('glyphoxa_worker', 'pgboss', 'create') as create`);
  expect(boss).toEqual({ create: false });
});

test('health, readiness and metrics answer', async () => {
  const url = stackVariable('WORKERS_URL');
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/glyphoxa_workers_jobs_total\{job="notify.email",outcome="done"\} [1-9]/);
  expect(metrics).toContain('glyphoxa_workers_outbox_lag_seconds');
  expect((await fetch(`${url}/${randomUUID()}`)).status).toBe(404);
});

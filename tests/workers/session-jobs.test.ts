// What the worker does with sessions, against a gateway and a clock of the test's own.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { closeDatabase, snowflake } from '../lib/database.ts';
import { patience } from '../lib/patience.ts';
import { OwnWorker } from './own-worker.ts';
import { Scratch, type Table } from './scratch.ts';

let scratch: Scratch;
let worker: OwnWorker;

beforeAll(async () => {
  scratch = await Scratch.create();
  worker = new OwnWorker(scratch.database.urlFor('WORKER_DATABASE_URL'), scratch.workerEnv);
  await worker.ready;
});
afterEach(async () => {
  // Nothing of a test may come due in the next one, whose clock is set back.
  await scratch.root(`update public.sessions set state = 'ended', ended_at = now() where state <> 'ended'`);
  await scratch.root('delete from private.outbox');
  await scratch.clock('0 seconds');
});
afterAll(async () => {
  await worker?.end('SIGTERM');
  await scratch?.remove();
  await closeDatabase();
});

const told = ({ tenant }: Table) =>
  scratch.root<{ kind: string; data: Record<string, string> }>(
    'select kind, data from mgmt.notifications where tenant_id = $1 order by created_at',
    [tenant],
  );
const stateOf = (id: string) => scratch.one<string>('select state as answer from public.sessions where id = $1', [id]);
/** A sign of life at the moved clock, as a running session gives one. */
const alive = (id: string) =>
  scratch.root(`update public.sessions set last_heartbeat = now() + interval '1 second' * random() where id = $1`, [
    id,
  ]);
const wanted = (job: string) =>
  scratch.root<{ payload: Record<string, unknown>; minutes: number }>(
    `select payload, round(extract(epoch from run_at - private.now()) / 60)::int as minutes from private.outbox where job = $1`,
    [job],
  );

async function travel(offset: string, session: string): Promise<void> {
  await scratch.clock(offset);
  await alive(session);
}

test('a session is announced to end five minutes before its longest time, and then ended by the gateway', async () => {
  const table = await scratch.table('apprentice');
  const session = await scratch.session(table);
  expect(await wanted('session.warn')).toMatchObject([{ payload: { session_id: session, hours: 2 }, minutes: 115 }]);

  await travel('1 hour 54 minutes', session);
  await scratch.drained();
  // The free plan has two sessions, and this is the first.
  expect(await told(table)).toMatchObject([{ kind: 'quota_near' }]);

  await travel('1 hour 56 minutes', session);
  await vi.waitFor(async () => expect(await told(table)).toHaveLength(2), patience);
  expect((await told(table))[1]).toMatchObject({ kind: 'session_warning', data: { ends_at: expect.any(String) } });
  expect(await stateOf(session)).toBe('active');

  await travel('2 hours 1 minute', session);
  await vi.waitFor(async () => expect(await stateOf(session)).toBe('ended'), patience);
  const [row] = await scratch.root('select error from public.sessions where id = $1', [session]);
  expect(row!.error ?? '').toBe('');
  await scratch.drained();
  expect((await told(table)).map(({ kind }) => kind)).toEqual(['quota_near', 'session_warning']);
});

test('a better plan lets a running session last longer, a smaller one does not cut it', async () => {
  const table = await scratch.table('adventurer');
  const longer = await scratch.session(table);
  await scratch.root(`update mgmt.subscriptions set plan_id = 'apprentice' where tenant_id = $1`, [table.tenant]);
  await travel('2 hours 10 minutes', longer);
  await scratch.drained();
  expect(await stateOf(longer)).toBe('active');

  await scratch.root(`update mgmt.gateway_capabilities set longest_session = '12 hours'`);
  await scratch.root(`update mgmt.subscriptions set plan_id = 'guild' where tenant_id = $1`, [table.tenant]);
  await travel('4 hours 5 minutes', longer);
  await vi.waitFor(async () => expect((await wanted('session.stop'))[0]?.minutes).toBe(235), patience);
  expect(await stateOf(longer)).toBe('active');
  await scratch.root(`update mgmt.gateway_capabilities set longest_session = '4 hours'`);
});

test('the gateway’s own limit holds where the plan has a longer one', async () => {
  const table = await scratch.table('guild');
  await scratch.session(table);
  expect((await wanted('session.stop'))[0]!.minutes).toBe(239);
});

test('a gateway that refuses is asked again until the session has ended', async () => {
  const table = await scratch.table('apprentice');
  const session = await scratch.session(table);
  await fetch(`${scratch.gateway.controlUrl}/control/faults`, {
    method: 'POST',
    body: JSON.stringify({ tenant_id: table.tenant, stop: 'refuse' }),
  });
  await travel('2 hours 1 minute', session);
  await vi.waitFor(async () => expect((await wanted('session.stop'))[0]?.payload.asked).toBe(1), patience);
  expect(await stateOf(session)).toBe('active');
  await fetch(`${scratch.gateway.controlUrl}/control/faults?tenant_id=${table.tenant}`, { method: 'DELETE' });
  await travel('2 hours 2 minutes', session);
  await vi.waitFor(async () => expect(await stateOf(session)).toBe('ended'), patience);
});

test('a session that ends badly is told once, a lost one once', async () => {
  const table = await scratch.table();
  const failed = await scratch.session(table);
  await scratch.root(`update public.sessions set state = 'ended', error = 'the bot was thrown out' where id = $1`, [
    failed,
  ]);
  expect(await told(table)).toMatchObject([{ kind: 'session_failed', data: { error: 'the bot was thrown out' } }]);

  const other = await scratch.table();
  const lost = await scratch.session(other, '10 minutes');
  // The gateway's own sweep is only seconds away, and this gateway is not to be there.
  await scratch.root(`update public.sessions set last_heartbeat = now() - interval '2 minutes' where id = $1`, [lost]);
  await scratch.enqueue('session.reap');
  await vi.waitFor(async () => expect(await told(other)).toHaveLength(1), patience);
  const [first] = await told(other);
  expect(['session_lost', 'session_failed']).toContain(first!.kind);
  await scratch.root(`update public.sessions set state = 'ended', error = 'heartbeat timeout' where id = $1`, [lost]);
  await scratch.enqueue('session.reap');
  await scratch.drained();
  expect(await told(other)).toHaveLength(1);
});

test('a start whose carrier died is settled by what became of it', async () => {
  const table = await scratch.table();
  const ask = () =>
    scratch.one<string>(
      `insert into mgmt.session_requests (tenant_id, campaign_id, guild_id, channel_id, idempotency_key)
       values ($1, $2, $3, $3, gen_random_uuid()) returning id as answer`,
      [table.tenant, table.campaign, snowflake(5)],
    );
  const request = await ask();
  await scratch.drained();
  const state = () => scratch.root('select state, error_code from mgmt.session_requests where id = $1', [request]);
  expect(await state()).toEqual([{ state: 'asked', error_code: null }]);
  await scratch.clock('4 minutes');
  await vi.waitFor(
    async () => expect(await state()).toEqual([{ state: 'failed', error_code: 'gateway_timeout' }]),
    patience,
  );
  await scratch.clock('0 seconds');

  const second = await ask();
  const session = randomUUID();
  // The trigger that links a session to its start is out of the way: its answer was lost too.
  await scratch.root('alter table public.sessions disable trigger sessions_settle_request');
  await scratch.root(
    `insert into public.sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state, started_at)
     select $1, tenant_id, campaign_id, guild_id, channel_id, 'dedicated', 'pending', now() from mgmt.session_requests where id = $2`,
    [session, second],
  );
  await scratch.root('alter table public.sessions enable trigger sessions_settle_request');
  await scratch.clock('4 minutes');
  await vi.waitFor(
    async () =>
      expect(await scratch.root('select state, session_id from mgmt.session_requests where id = $1', [second])).toEqual(
        [{ state: 'accepted', session_id: session }],
      ),
    patience,
  );
});

test('the gateway hears of another tier, and hours that it wrote back are set right', async () => {
  const table = await scratch.table('guild');
  await scratch.drained();
  await scratch.root(
    `update public.tenants set license_tier = 'shared', monthly_session_hours = 3, bot_token = 'any.token' where id = $1`,
    [table.tenant],
  );
  await scratch.enqueue('tenant.sync', { tenant_id: table.tenant });
  await vi.waitFor(
    async () =>
      expect(
        await scratch.root(
          'select license_tier, monthly_session_hours::int as hours from public.tenants where id = $1',
          [table.tenant],
        ),
      ).toEqual([{ license_tier: 'dedicated', hours: 0 }]),
    patience,
  );
});

test('the bin is emptied after thirty days, and what is over for long goes', async () => {
  const table = await scratch.table();
  const put = (days: number) =>
    scratch.one<string>(
      `insert into mgmt.campaigns (tenant_id, name, deleted_at) values ($1, $2, private.now() - $3 * interval '1 day') returning id as answer`,
      [table.tenant, randomUUID(), days],
    );
  const [old, young] = [await put(31), await put(29)];
  await scratch.root(
    `insert into mgmt.notifications (user_id, tenant_id, kind, created_at) values ($1, $2, 'test', now() - interval '91 days')`,
    [table.owner, table.tenant],
  );
  await scratch.root(
    `insert into mgmt.invites (tenant_id, expires_at) values ($1, private.now() - interval '31 days'), ($1, private.now())`,
    [table.tenant],
  );
  await scratch.enqueue('cleanup.expired');
  const campaigns = async () =>
    (await scratch.root<{ id: string }>('select id from mgmt.campaigns where id = any ($1)', [[old, young]])).map(
      ({ id }) => id,
    );
  await vi.waitFor(async () => expect(await campaigns()).toEqual([young]), patience);
  await scratch.drained();
  expect(await told(table)).toEqual([]);
  expect(await scratch.root('select from mgmt.invites where tenant_id = $1', [table.tenant])).toHaveLength(1);
  expect(
    await scratch.root(
      `select actor_kind from mgmt.audit_log where resource_type = 'campaign' and resource_id = $1 and action = 'delete'`,
      [old],
    ),
  ).toEqual([{ actor_kind: 'system' }]);
});

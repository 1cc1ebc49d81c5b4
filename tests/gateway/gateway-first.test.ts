// A gateway that ran for a year before there was a management plane: its tables, rows and tenant schemas are found and completed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase } from '../lib/database.ts';
import {
  gatewayMigrations,
  gatewayStatements as sql,
  workerMigrations,
  workerStatements,
} from './gateway-statements.ts';
import { ScratchDatabase } from './scratch-database.ts';

const schema = 'tenant_old_guard';
const worker = workerStatements(schema);

let database: ScratchDatabase;
beforeAll(async () => {
  database = await ScratchDatabase.create();
  for (const migration of Object.values(gatewayMigrations)) await database.asGateway(migration);
  const born = new Date('2025-11-01T18:00:00Z');
  for (const [id, campaign, tier] of [
    ['old_guard', 'the-mire', 'shared'],
    ['newcomers', '', 'dedicated'],
  ]) {
    await database.asGateway(sql.createTenant, [id, tier, 'a.token', ['1'], 10, campaign, '', born, born]);
  }
  for (const migration of Object.values(workerMigrations(schema))) await database.asGateway(migration);
  for (const id of ['played', 'playing']) {
    await database.asGateway(sql.createSession, [id, 'old_guard', 'the-mire', '1', '2', 'shared']);
    await database.asGateway(sql.transition, [id, 'active']);
    await database.asGateway(worker.writeEntry, [
      'the-mire',
      id,
      '300',
      'Alice',
      'Who lit the lanterns?',
      '',
      '',
      new Date(),
      1,
    ]);
    if (id === 'played') await database.asGateway(sql.endSession, [id, '']);
  }
  await database.asGateway(sql.recordUsage, ['old_guard', '2025-11-01', 3.5, 0, 0, 0]);
  await database.migrate();
}, 60_000);
afterAll(async () => {
  await database.drop();
  await closeDatabase();
});

test('every row is still there, and known to the management plane', async () => {
  expect(await database.asRoot('select id, name, bot_set from public.tenants order by id')).toEqual([
    { id: 'newcomers', name: 'newcomers', bot_set: true },
    { id: 'old_guard', name: 'old_guard', bot_set: true },
  ]);
  // Each plays a campaign of its own in Discord.
  expect(
    await database.asRoot(
      `select tenant.id as tenant, campaign.name from public.tenants as tenant
       join mgmt.campaigns as campaign on campaign.id = tenant.campaign_id and campaign.tenant_id = tenant.id order by 1`,
    ),
  ).toEqual([
    { tenant: 'newcomers', name: 'My first campaign' },
    { tenant: 'old_guard', name: 'the-mire' },
  ]);
  expect(await database.asRoot('select count(*)::int from mgmt.campaigns')).toEqual([{ count: 2 }]);
  expect(
    await database.asRoot('select id, state, activated_at is not null as was_on_air from public.sessions order by id'),
  ).toEqual([
    { id: 'played', state: 'ended', was_on_air: true },
    { id: 'playing', state: 'active', was_on_air: true },
  ]);
  expect(await database.asRoot('select tenant_id, session_hours from public.usage_records')).toEqual([
    { tenant_id: 'old_guard', session_hours: '3.50' },
  ]);
});

test('no table of the gateway is left open to the API', async () => {
  const open = await database.asRoot(
    `select relname from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r' and not (relrowsecurity and relforcerowsecurity)`,
  );
  expect(open).toEqual([]);
  const [reach] = await database.asRoot<{ token: boolean; lines: boolean }>(
    `select has_column_privilege('authenticated', 'public.tenants', 'bot_token', 'select') as token,
       has_schema_privilege('authenticated', $1, 'usage') as lines`,
    [schema],
  );
  expect(reach).toEqual({ token: false, lines: false });
});

test('the gateway starts again and again', async () => {
  for (let start = 0; start < 2; start += 1) {
    for (const migration of Object.values(gatewayMigrations)) await database.asGateway(migration);
  }
  expect(await database.asGateway(sql.listTenants)).toHaveLength(2);
});

test('the running session goes on, ends, and another one starts', async () => {
  await database.asGateway(sql.heartbeat, ['playing']);
  await database.asGateway(worker.writeEntry, ['the-mire', 'playing', '301', 'Bob', 'Not me.', '', '', new Date(), 1]);
  await database.asGateway(sql.endSession, ['playing', '']);
  expect(await database.asGateway(sql.getSession, ['playing'])).toEqual([expect.objectContaining({ state: 'ended' })]);

  await database.asGateway(sql.createSession, ['next', 'old_guard', 'the-mire', '1', '2', 'shared']);
  await database.asGateway(sql.transition, ['next', 'active']);
  for (const migration of Object.values(workerMigrations(schema))) await database.asGateway(migration);
  await database.asGateway(worker.writeEntry, ['the-mire', 'next', '300', 'Alice', 'Again?', '', '', new Date(), 1]);
  expect(await database.asGateway(worker.countEntries, ['the-mire', 'next'])).toEqual([{ count: '1' }]);
});

test("the worker's own schema is completed, so that its lines are announced", async () => {
  const triggers = await database.asRoot(
    `select tgname from pg_trigger where tgrelid = to_regclass($1) and not tgisinternal`,
    [`${schema}.session_entries`],
  );
  expect(triggers).toEqual([{ tgname: 'announce_lines' }]);
});

/** Everything that adoption could change. */
const everything = () =>
  database.asRoot(
    `select (select jsonb_agg(to_jsonb(t) order by id) from public.tenants t) as tenants,
       (select jsonb_agg(to_jsonb(c) order by id) from mgmt.campaigns c) as campaigns,
       (select jsonb_agg(to_jsonb(s) order by tenant_id) from mgmt.subscriptions s) as subscriptions,
       (select jsonb_agg(oid::regclass::text order by oid::regclass::text) from pg_class
        where relnamespace in (select oid from pg_namespace where nspname like 'tenant\\_%')) as schemas,
       (select count(*)::int from mgmt.audit_log) as written`,
  );
const adopt = () => database.asRoot('select * from private.adopt_gateway_tenants()');

test('every tenant has a schema, and adopting again changes nothing', async () => {
  expect(await database.asRoot(`select nspname from pg_namespace where nspname like 'tenant\\_%' order by 1`)).toEqual([
    { nspname: 'tenant_newcomers' },
    { nspname: 'tenant_old_guard' },
  ]);
  const before = await everything();
  expect(await adopt()).toEqual([{ campaigns: 0, subscriptions: 0 }]);
  expect(await everything()).toEqual(before);
});

test('in managed mode each gets the plan that its tier stands for, once', async () => {
  await database.asRoot(`update private.settings set value = '"managed"' where key = 'deployment.mode'`);
  expect(await adopt()).toEqual([{ campaigns: 0, subscriptions: 2 }]);
  expect(await database.asRoot('select tenant_id, plan_id, status from mgmt.subscriptions order by 1')).toEqual([
    { tenant_id: 'newcomers', plan_id: 'dungeon_master', status: 'active' },
    { tenant_id: 'old_guard', plan_id: 'apprentice', status: 'active' },
  ]);
  const before = await everything();
  expect(await adopt()).toEqual([{ campaigns: 0, subscriptions: 0 }]);
  expect(await everything()).toEqual(before);
});

test('a tenant that the gateway makes later is complete at once', async () => {
  const now = new Date();
  await database.asGateway(sql.createTenant, ['latecomers', 'dedicated', '', [], 0, '', '', now, now]);
  expect(
    await database.asRoot(
      `select tenant.name, campaign.name as campaign, subscription.plan_id,
         to_regclass('tenant_latecomers.session_entries') is not null as schema
       from public.tenants as tenant
       join mgmt.campaigns as campaign on campaign.id = tenant.campaign_id
       join mgmt.subscriptions as subscription on subscription.tenant_id = tenant.id
       where tenant.id = 'latecomers'`,
    ),
  ).toEqual([{ name: 'latecomers', campaign: 'My first campaign', plan_id: 'dungeon_master', schema: true }]);
  expect(await adopt()).toEqual([{ campaigns: 0, subscriptions: 0 }]);
});

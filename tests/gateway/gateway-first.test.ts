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
  for (const [id, campaign] of [
    ['old_guard', 'the-mire'],
    ['newcomers', ''],
  ]) {
    await database.asGateway(sql.createTenant, [id, 'shared', 'a.token', ['1'], 10, campaign, '', born, born]);
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
  expect(await database.asRoot('select id, name, bot_set, campaign_id from public.tenants order by id')).toEqual([
    { id: 'newcomers', name: 'newcomers', bot_set: true, campaign_id: '' },
    { id: 'old_guard', name: 'old_guard', bot_set: true, campaign_id: 'the-mire' },
  ]);
  expect(await database.asRoot('select id, tenant_id from mgmt.campaigns')).toEqual([
    { id: 'the-mire', tenant_id: 'old_guard' },
  ]);
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

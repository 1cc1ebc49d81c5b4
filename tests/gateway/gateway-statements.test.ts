import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { asGateway, asRoot, closeDatabase, connectAs, story } from '../lib/database.ts';
import {
  gatewayMigrations,
  gatewayStatements as sql,
  workerMigrations,
  workerStatements,
} from './gateway-statements.ts';

afterAll(closeDatabase);

const month = '2026-03-01';

/** Everything about the gateway's tables that its DDL could change. */
async function shape(schema: string): Promise<unknown> {
  return asRoot(
    `select table_name as part, column_name as name, data_type || is_nullable || coalesce(column_default, '') as what
     from information_schema.columns where table_schema = $1
     union all select tablename, indexname, indexdef from pg_indexes where schemaname = $1
     union all select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
     where connamespace = to_regnamespace($1)
     order by 1, 2, 3`,
    [schema],
  );
}

test("the gateway's migrations pass on ours, as often as it starts, and change nothing", async () => {
  const before = await shape('public');
  for (let start = 0; start < 2; start += 1) {
    for (const migration of Object.values(gatewayMigrations)) await asGateway(migration);
  }
  expect(await shape('public')).toEqual(before);
});

test('its statements about tenants work under its role', async () => {
  const client = await connectAs('GATEWAY_DATABASE_URL');
  try {
    await client.query('begin');
    const id = `gateway_${randomBytes(6).toString('hex')}`;
    const now = new Date();
    const row = (tier: string, token: string, guilds: string[] | null) => [
      id,
      tier,
      token,
      guilds,
      0,
      randomUUID(),
      '',
    ];
    await client.query(sql.createTenant, [...row('shared', '', null), now, now]);
    await client.query(sql.updateTenant, row('dedicated', 'a.token', ['1']));
    const { rows } = await client.query(sql.getTenant, [id]);
    expect(rows).toEqual([
      expect.objectContaining({
        id,
        license_tier: 'dedicated',
        bot_token: 'a.token',
        guild_ids: ['1'],
        dm_role_id: '',
      }),
    ]);
    expect((await client.query(sql.listTenants)).rows).toContainEqual(expect.objectContaining({ id }));
    expect((await client.query(sql.deleteTenant, [id])).rowCount).toBe(1);
  } finally {
    await client.query('rollback');
    await client.end();
  }
});

test('its statements about sessions work under its role', async () => {
  await story(async (told) => {
    const { tenant, campaign } = await told.owner('alice');
    const start = async (guild: string) => {
      const id = randomUUID();
      await told.gateway(sql.createSession, [id, tenant, campaign, guild, '2', 'shared']);
      return id;
    };

    const first = await start('910000000000000001');
    expect(await told.gateway(sql.getSession, [first])).toEqual([expect.objectContaining({ state: 'pending' })]);
    await told.gateway(sql.transition, [first, 'active']);
    await told.gateway(sql.heartbeat, [first]);
    expect(await told.gateway(sql.activeSessions, [tenant])).toEqual([
      expect.objectContaining({ id: first, state: 'active', error: null, last_heartbeat: expect.any(Date) }),
    ]);
    expect(await told.gateway(sql.allNonEnded)).toContainEqual(expect.objectContaining({ id: first }));
    await told.gateway(sql.endSession, [first, '']);
    await told.gateway(sql.transition, [first, 'active']);
    expect(await told.gateway(sql.getSession, [first])).toEqual([
      expect.objectContaining({ state: 'ended', error: '', ended_at: expect.any(Date) }),
    ]);

    const silent = await start('910000000000000002');
    await told.gateway(sql.transition, [silent, 'active']);
    await told.root(`update public.sessions set last_heartbeat = now() - interval '50 s' where id = $1`, [silent]);
    expect(await told.gateway(sql.sweepSilent, ['45s'])).toContainEqual({ id: silent });

    const stale = await start('910000000000000003');
    await told.root(`update public.sessions set started_at = now() - interval '4 min' where id = $1`, [stale]);
    expect(await told.gateway(sql.sweepSilent, ['45s'])).not.toContainEqual({ id: stale });
    expect(await told.gateway(sql.sweepPending, ['3m0s'])).toContainEqual({ id: stale });
  });
});

test('its statements about usage, campaigns and NPCs work under its role', async () => {
  await story(async (told) => {
    const { tenant, campaign } = await told.owner('alice');
    await told.gateway(sql.ensureUsage, [tenant, month]);
    expect(await told.gateway(sql.lockUsage, [tenant, month])).toEqual([{ session_hours: '0.00' }]);
    for (const hours of [1.5, 0.25]) await told.gateway(sql.recordUsage, [tenant, month, hours, 7, 2, 9]);
    expect(await told.gateway(sql.getUsage, [tenant, month])).toHaveLength(1);
    expect(await told.gateway(sql.lockUsage, [tenant, month])).toEqual([{ session_hours: '1.75' }]);

    expect(await told.gateway(sql.listCampaigns, [tenant])).toEqual([
      expect.objectContaining({ id: campaign, tenant_id: tenant, name: expect.any(String), language: 'en' }),
    ]);
    expect(await told.gateway(sql.getCampaign, [campaign, tenant])).toHaveLength(1);
    await told.root('update mgmt.campaigns set deleted_at = now() where id = $1', [campaign]);
    expect(await told.gateway(sql.getCampaign, [campaign, tenant])).toEqual([]);

    await told.root(
      `insert into public.npc_definitions (id, tenant_id, campaign_id, name, voice)
       values ('npc', $1, $2, 'Greta', '{"voice_id": "amber"}')`,
      [tenant, campaign],
    );
    const [npc] = await told.gateway(sql.listNpcs, [tenant, campaign]);
    expect(npc).toMatchObject({ name: 'Greta', voice: { voice_id: 'amber' }, knowledge_scope: [], attributes: {} });
  });
});

test("a worker's migrations pass on a schema of ours and change nothing; a schema of its own is as good", async () => {
  const tenant = `gateway_${randomBytes(6).toString('hex')}`;
  const schema = `tenant_${tenant}`;
  for (let start = 0; start < 2; start += 1) {
    for (const migration of Object.values(workerMigrations(schema))) await asGateway(migration);
  }
  await asRoot('select private.provision_tenant_schema($1)', [tenant]);
  const completed = await shape(schema);
  for (const migration of Object.values(workerMigrations(schema))) await asGateway(migration);
  expect(await shape(schema)).toEqual(completed);
  expect(JSON.stringify(completed)).toContain('recaps');
  await asGateway(`drop schema ${schema} cascade`);
});

test('its statements about transcript and knowledge work under its role', async () => {
  await story(async (told) => {
    const { tenant, campaign } = await told.owner('alice');
    const worker = workerStatements(`tenant_${tenant}`);
    const session = randomUUID();
    const line = (text: string) =>
      [campaign, session, '300', 'Alice', text, text, '', new Date(), 1_500_000_000] as const;
    for (const migration of Object.values(workerMigrations(`tenant_${tenant}`))) await told.gateway(migration);
    await told.gateway(worker.writeEntry, [...line('The lanterns burn.')]);
    await told.gateway(worker.writeEntry, [...line('Nobody lit them.')]);

    expect(await told.gateway(worker.recentEntries, [campaign, session, 60_000_000])).toHaveLength(2);
    expect(await told.gateway(worker.searchEntries, [campaign, 'lantern', session, 10])).toEqual([
      expect.objectContaining({ text: 'The lanterns burn.', duration_ns: '1500000000' }),
    ]);
    expect(await told.gateway(worker.countEntries, [campaign, session])).toEqual([{ count: '2' }]);

    await told.gateway(worker.startSession, [session, campaign]);
    await told.gateway(worker.endSession, [session, campaign]);
    expect(await told.gateway(worker.listSessions, [campaign, 50])).toEqual([
      expect.objectContaining({ session_id: session }),
    ]);

    for (const name of ['Greta', 'Greta the Old']) {
      await told.gateway(worker.addEntity, [campaign, 'npc-0-Greta', 'npc', name, '{}']);
    }
    await told.gateway(worker.addEntity, [campaign, 'inn', 'location', 'The inn', '{}']);
    await told.gateway(worker.addRelationship, [campaign, 'npc-0-Greta', 'inn', 'OWNS', '{}', '{"confidence": 0.9}']);
    expect(await told.root(`select name from tenant_${tenant}.entities where id = 'npc-0-Greta'`)).toEqual([
      { name: 'Greta the Old' },
    ]);
  });
});

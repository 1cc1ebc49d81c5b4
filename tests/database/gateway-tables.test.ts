// The gateway's DDL and statements, on a database that ours made first and on one that was the gateway's before.
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase, gatewaySql, refused, story } from '../lib/database.ts';
import { stackVariable } from '../lib/environment.ts';
import { gatewayDdl, npcDdl } from './gateway-ddl.ts';

afterAll(closeDatabase);

test('the gateway’s start passes on our database', () =>
  story(async (told) => {
    for (const statement of [...gatewayDdl, npcDdl, ...gatewayDdl]) await told.gateway(statement);
  }));

test('the gateway’s statements on tenants, usage and NPCs work as before', () =>
  story(async (told) => {
    const tenant = `made_by_gateway_${randomUUID().slice(0, 8)}`;
    await told.gateway(
      `insert into tenants (id, license_tier, bot_token, guild_ids, dm_role_id, campaign_id, monthly_session_hours, created_at, updated_at)
       values ($1, 'shared', 'vault:v1:x', null, '', $2, 0, now(), now())`,
      [tenant, `${tenant}_story`],
    );
    // Its campaign was only a word so far; now the gate knows it.
    expect(await told.root('select name, tenant_id from mgmt.campaigns where id = $1', [`${tenant}_story`])).toEqual([
      { name: `${tenant}_story`, tenant_id: tenant },
    ]);
    await told.gateway(
      `update tenants set license_tier = 'dedicated', bot_token = '', guild_ids = '{1}', dm_role_id = '2', campaign_id = $2,
         monthly_session_hours = 3, updated_at = now() where id = $1`,
      [tenant, `${tenant}_other`],
    );
    expect(await told.gateway('select bot_set, bot_token from tenants where id = $1', [tenant])).toEqual([
      { bot_set: false, bot_token: '' },
    ]);
    for (let i = 0; i < 2; i++) {
      await told.gateway(
        `insert into usage_records (tenant_id, period, session_hours) values ($1, '2026-11-01', 1.5)
         on conflict (tenant_id, period) do update set session_hours = usage_records.session_hours + excluded.session_hours`,
        [tenant],
      );
    }
    expect(
      await told.gateway(`select session_hours::float8 as hours from usage_records where tenant_id = $1`, [tenant]),
    ).toEqual([{ hours: 3 }]);
    const npc = `npc-${tenant}`;
    await told.gateway(
      `insert into npc_definitions (id, campaign_id, name, personality, engine) values ($1, $2, 'Greta', $3, '')
       on conflict (id) do update set name = excluded.name`,
      [npc, `${tenant}_other`, 'x'.repeat(5000)],
    );
    expect(await told.gateway('select tenant_id from npc_definitions where id = $1', [npc])).toEqual([
      { tenant_id: '' },
    ]);
    expect(
      await refused(told.gateway(`update npc_definitions set engine = 'sentence' where id = $1`, [npc])),
    ).toMatchObject({ sqlstate: '23514' });
    expect(
      await told.gateway(`select name from mgmt.campaigns where tenant_id = $1 and deleted_at is null order by 1`, [
        tenant,
      ]),
    ).toEqual([{ name: `${tenant}_other` }, { name: `${tenant}_story` }]);
    for (const id of ['acme-corp', 'Acme', '1st', 'x'.repeat(57)]) {
      expect(await refused(told.gateway('insert into tenants (id) values ($1)', [id]))).toMatchObject({
        sqlstate: '23514',
      });
    }
    await told.mode('selfhosted');
    const session = randomUUID();
    await told.gateway(gatewaySql.start, [session, tenant, `${tenant}_other`, '80351110224678912', '', 'dedicated']);
    await told.gateway('delete from tenants where id = $1', [tenant]);
    await told.gateway(gatewaySql.end, [session, null]);
  }));

/** What our migrations find on a Supabase project, as far as they touch it. */
const supabaseStandIn = `
  create schema extensions;
  create schema auth;
  create table auth.users (
    id uuid primary key, email text, email_confirmed_at timestamptz, phone text, raw_user_meta_data jsonb, raw_app_meta_data jsonb,
    created_at timestamptz, updated_at timestamptz, last_sign_in_at timestamptz
  );
  create table auth.identities (
    id uuid, user_id uuid references auth.users, provider text, provider_id text, identity_data jsonb, email text,
    created_at timestamptz, updated_at timestamptz, last_sign_in_at timestamptz
  );
  create function auth.uid() returns uuid language sql stable as $$ select null::uuid $$;
  create schema realtime;
  create table realtime.messages (topic text, extension text, payload jsonb, event text, private boolean);
  create schema if not exists storage;
  create table storage.buckets (
    id text primary key, name text not null, public boolean, file_size_limit bigint, allowed_mime_types text[]
  );
  create table storage.objects (
    id uuid primary key default gen_random_uuid(), bucket_id text references storage.buckets (id), name text, metadata jsonb
  );
  create function storage.operation() returns text language sql stable as $$ select null::text $$;
  create function realtime.topic() returns text language sql stable as $$ select null::text $$;
  create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
    language sql as $$ insert into realtime.messages values (topic, 'broadcast', payload, event, private) $$;
`;

async function withDatabase(
  work: (run: (role: string, sql: string) => Promise<Record<string, unknown>[]>) => Promise<void>,
) {
  const name = `gateway_first_${randomUUID().slice(0, 8)}`;
  await asRoot(`create database ${name}`);
  const url = new URL(stackVariable('DATABASE_URL'));
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await work(async (role, sql) => {
      await client.query(`set role ${role}`);
      const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql);
      await client.query('reset role');
      return (Array.isArray(result) ? result.at(-1)! : result).rows as Record<string, unknown>[];
    });
  } finally {
    await client.end();
    await asRoot(`drop database ${name}`);
  }
}

test('our migrations pass on a database that was the gateway’s, and mend what no rule could hold', async () => {
  const folder = new URL('../../supabase/migrations/', import.meta.url);
  const migrations = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  await withDatabase(async (run) => {
    await run('postgres', supabaseStandIn);
    await run('postgres', `grant create, usage on schema public to glyphoxa_gateway`);
    await run(
      'postgres',
      `do $$ begin execute format('grant create on database %I to glyphoxa_gateway', current_database()); end $$`,
    );
    for (const statement of [...gatewayDdl, npcDdl]) await run('glyphoxa_gateway', statement);
    await run(
      'glyphoxa_gateway',
      `insert into tenants (id, campaign_id, bot_token) values ('rabenheim', 'mine', 'secret'), ('Old-Style', '', '');
       insert into sessions (id, tenant_id, campaign_id, guild_id, license_tier, state, ended_at, last_heartbeat) values
         ('played', 'rabenheim', 'mine', '1', 'shared', 'ended', now(), now()), ('failed', 'rabenheim', 'second', '2', 'shared', 'ended', now(), null);
       insert into npc_definitions (id, campaign_id, name, gm_helper, created_at) values
         ('a', 'mine', 'Greta', true, '2026-01-01'), ('b', 'mine', 'greta', true, '2026-01-02'), ('c', 'mine', 'GRETA', false, '2026-01-03')`,
    );
    for (const file of migrations) {
      await run('postgres', readFileSync(new URL(file, folder), 'utf8')).catch((error: Error) => {
        throw new Error(`${file}: ${error.message}`, { cause: error });
      });
    }
    for (const statement of [...gatewayDdl, npcDdl]) await run('glyphoxa_gateway', statement);

    expect(await run('postgres', `select id, name, bot_set from public.tenants order by id`)).toEqual([
      { id: 'Old-Style', name: 'Old-Style', bot_set: false },
      { id: 'rabenheim', name: 'rabenheim', bot_set: true },
    ]);
    expect(
      await run('postgres', `select id, tenant_id from mgmt.campaigns where tenant_id = 'rabenheim' order by id`),
    ).toEqual([
      { id: 'mine', tenant_id: 'rabenheim' },
      { id: 'second', tenant_id: 'rabenheim' },
    ]);
    expect(await run('postgres', `select name from mgmt.campaigns where tenant_id = 'Old-Style'`)).toEqual([
      { name: 'My first campaign' },
    ]);
    expect(
      await run('postgres', `select id, activated_at is not null as counted from public.sessions order by id`),
    ).toEqual([
      { id: 'failed', counted: false },
      { id: 'played', counted: true },
    ]);
    const npcs = await run('postgres', `select name, gm_helper from public.npc_definitions order by id`);
    expect(npcs.map(({ gm_helper }) => gm_helper)).toEqual([true, false, false]);
    expect(new Set(npcs.map(({ name }) => String(name).toLowerCase())).size).toBe(3);
    expect(npcs[0]).toEqual({ name: 'Greta', gm_helper: true });
    expect(await run('postgres', 'select campaigns, subscriptions from private.adopt_gateway_tenants()')).toEqual([
      { campaigns: 0, subscriptions: 0 },
    ]);
  });
});

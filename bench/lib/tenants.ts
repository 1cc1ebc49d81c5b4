// Tenants as a year of use leaves them: most are tried and left, some play every week, a few are large.
import type postgres from 'postgres';

/** The tenant that every measurement reads: it plays every week, and has the same rows at every count. */
export const reader = { tenant: 'bench_1', owner: '00000000-0000-4000-8000-000000000001' };

/** The reader's token, of the size that Auth gives to somebody who came by Discord. */
export const claims = {
  aud: 'authenticated',
  exp: 4_000_000_000,
  iat: 1_790_000_000,
  iss: 'https://glyphoxa.example/auth/v1',
  sub: reader.owner,
  email: `${reader.owner}@bench.test`,
  phone: '',
  app_metadata: { provider: 'discord', providers: ['discord'] },
  user_metadata: { full_name: 'Bench', avatar_url: 'https://cdn.example/avatars/1/2.png', provider_id: '1' },
  role: 'authenticated',
  aal: 'aal1',
  amr: [{ method: 'oauth', timestamp: 1_790_000_000 }],
  session_id: reader.owner,
  is_anonymous: false,
};

/** Their triggers rest meanwhile: a million broadcasts and audit rows would measure something else. */
const planted = [
  'public.tenants',
  'public.npc_definitions',
  'public.sessions',
  'mgmt.users',
  'mgmt.user_preferences',
  'mgmt.campaigns',
  'mgmt.campaign_lore',
  'mgmt.campaign_characters',
  'mgmt.session_summaries',
  'mgmt.session_requests',
  'mgmt.session_details',
];

/**
 * `scale`: one tenant in a hundred has twenty times the rows of scale 1, one in ten four times, all others half; 1.05 on
 * average, of about 100 rows. `parts` are the rows that lie in a campaign. Everything is written in the order of random ids,
 * so that a tenant's rows are scattered over the whole table, as they are when tenants write side by side.
 */
const inserts = (from: number, to: number) => `
  create temporary table wanted on commit drop as
    select n, 'bench_' || n as tenant,
      ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid as owner,
      ('00000000-0000-4000-8001-' || lpad(n::text, 12, '0'))::uuid as player,
      case when n % 100 = 50 then 20 when n % 10 = 1 then 4 else 0.5 end as scale
    from generate_series(${from}, ${to}) as n;
  create temporary table parts on commit drop as
    select kind, i, n, tenant, owner, md5(tenant || ' campaign ' || 1 + i % ceil(1.25 * scale)::int)::uuid::text as campaign,
      md5(tenant || ' ' || kind || i)::uuid as id
    from wanted, (values ('npc', 12), ('page', 16), ('character', 4), ('session', 20)) as kinds (kind, many),
      generate_series(1, (many * scale)::int) as i
    order by id;

  insert into auth.users (id, aud, role, email)
    select person, 'authenticated', 'authenticated', person || '@bench.test' from wanted, unnest(array[owner, player]) as person;
  insert into public.tenants (id, license_tier, name) select tenant, 'shared', 'Table ' || n from wanted;
  insert into mgmt.users (id, tenant_id, role, display_name)
    select person, tenant, case person when owner then 'tenant_owner' else 'viewer' end, 'Person ' || n
    from wanted, unnest(array[owner, player]) as person;
  insert into mgmt.user_preferences (user_id, preferences)
    select person, '{"theme": "dark"}' from wanted, unnest(array[owner, player]) as person;
  insert into mgmt.campaigns (id, tenant_id, name, system, description, language, updated_at)
    select md5(tenant || ' campaign ' || c)::uuid::text as id, tenant, 'Campaign ' || c, 'D&D 5e',
      repeat('A story of the northern roads. ', 6), 'en', now() - c * interval '1 day'
    from wanted, generate_series(1, ceil(1.25 * scale)::int) as c order by id;

  insert into public.npc_definitions (id, tenant_id, campaign_id, name, personality, attributes, created_at)
    select id, tenant, campaign, 'NPC ' || i, repeat('Speaks little, listens well. ', 10), '{"title": "Innkeeper", "pigment": 3}',
      now() - i * interval '1 hour'
    from parts where kind = 'npc';
  insert into mgmt.campaign_lore (id, tenant_id, campaign_id, title, content, metadata, sort_order)
    select id, tenant, campaign, 'Page ' || i, repeat('The keep fell in the third winter. ', 10), '{"tags": ["keep"]}', i
    from parts where kind = 'page';
  insert into mgmt.campaign_characters (id, tenant_id, campaign_id, discord_id, name)
    select id, tenant, campaign, (100000000000000000 + i)::text, 'Hero ' || i from parts where kind = 'character';

  insert into public.sessions
      (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state, started_at, activated_at, ended_at, last_heartbeat)
    select id, tenant, campaign, (200000000000000000 + n)::text, '300000000000000000', 'shared', 'ended', began,
      began + interval '5 seconds', began + interval '3 hours', began + interval '3 hours'
    from parts, lateral (select now() - i * interval '4 days' as began) as times where kind = 'session';
  insert into mgmt.session_summaries (session_id, tenant_id, lines, speakers)
    select id, tenant, 200 + i, '[{"name": "Hero 1", "npc": false, "lines": 120}, {"name": "NPC 1", "npc": true, "lines": 80}]'
    from parts where kind = 'session';
  insert into mgmt.session_requests
      (id, tenant_id, campaign_id, guild_id, channel_id, requested_by, idempotency_key, state, session_id)
    select id, tenant, campaign, (200000000000000000 + n)::text, '300000000000000000', owner, id, 'accepted', id
    from parts where kind = 'session' and i % 5 < 3;
  insert into mgmt.session_details (session_id, tenant_id, title, notes)
    select id, tenant, 'Evening ' || i, 'They met the ferryman.' from parts where kind = 'session' and i % 2 = 0;
`;

/** Plants the tenants `bench_<from>` to `bench_<to>`; returns how many rows the tables hold then. */
export async function plantTenants(sql: postgres.Sql, from: number, to: number): Promise<number> {
  const switched = (how: 'disable' | 'enable') =>
    planted.map((table) => `alter table ${table} ${how} trigger user;`).join('\n');
  await sql.begin((transaction) =>
    transaction.unsafe(`${switched('disable')} ${inserts(from, to)} ${switched('enable')}`),
  );
  await sql.unsafe(`analyze ${planted.join(', ')}`);
  const counts = planted.map((table) => `(select count(*) from ${table})`).join(' + ');
  const [row] = await sql.unsafe<{ rows: string }[]>(`select ${counts} as rows`);
  return Number(row?.rows);
}

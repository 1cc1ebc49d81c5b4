// What row level security costs: the same statements as a member under policies, and as a role that bypasses them with an
// explicit `where tenant_id`. With 10, 1,000 and 10,000 tenants; the two variants alternate, so that noise hits both.
import postgres from 'postgres';
import { percentile, printTable } from './lib/figures.ts';

const tenantCounts = [10, 1_000, 10_000];
const rounds = 400;
/** As many rows of each kind as one tenant gets. */
const perTenant = { campaigns: 2, npcs: 10, sessions: 10 };

const statements = [
  {
    name: 'campaigns',
    rls: 'select id, name, updated_at from mgmt.campaigns order by updated_at desc limit 25',
    where: (tenant: string) =>
      `select id, name, updated_at from mgmt.campaigns where tenant_id = '${tenant}' order by updated_at desc limit 25`,
  },
  {
    name: 'npcs of a campaign',
    rls: (campaign: string) =>
      `select id, name, personality from mgmt.npcs where campaign_id = '${campaign}' order by name`,
    where: (tenant: string, campaign: string) =>
      `select id, name, personality from public.npc_definitions where tenant_id = '${tenant}' and campaign_id = '${campaign}' order by name`,
  },
  {
    name: 'last sessions',
    rls: 'select id, state, started_at from mgmt.sessions order by started_at desc limit 25',
    where: (tenant: string) =>
      `select id, state, started_at from public.sessions where tenant_id = '${tenant}' order by started_at desc limit 25`,
  },
];

/** Their triggers rest meanwhile: half a million broadcasts would measure something else. */
const planted = ['public.tenants', 'public.npc_definitions', 'public.sessions', 'mgmt.users', 'mgmt.campaigns'];

/** Plants tenants `bench_<n>` up to the count, each with a member whose id is known from n. */
async function plant(sql: postgres.Sql, upTo: number): Promise<void> {
  await sql.unsafe(`
    begin;
    ${planted.map((table) => `alter table ${table} disable trigger user;`).join('\n')}
    create temporary table wanted on commit drop as
      select 'bench_' || n as tenant, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid as member
      from generate_series(1, ${upTo}) n
      where not exists (select from public.tenants t where t.id = 'bench_' || n);
    insert into auth.users (id, aud, role, email) select member, 'authenticated', 'authenticated', member || '@bench.test' from wanted;
    insert into public.tenants (id, license_tier) select tenant, 'shared' from wanted;
    insert into mgmt.users (id, tenant_id, role, display_name) select member, tenant, 'tenant_owner', 'Bench' from wanted;
    insert into mgmt.campaigns (id, tenant_id, name)
      select tenant || '_c' || c, tenant, 'Campaign ' || c from wanted, generate_series(1, ${perTenant.campaigns}) c;
    insert into public.npc_definitions (id, tenant_id, campaign_id, name, personality)
      select tenant || '_n' || i, tenant, tenant || '_c1', 'NPC ' || i, 'Speaks little.' from wanted, generate_series(1, ${perTenant.npcs}) i;
    insert into public.sessions (id, tenant_id, campaign_id, guild_id, license_tier, state, started_at, ended_at)
      select tenant || '_s' || i, tenant, tenant || '_c1', tenant, 'shared', 'ended', now() - i * interval '1 day', now() - i * interval '1 day' + interval '3 hours'
      from wanted, generate_series(1, ${perTenant.sessions}) i;
    ${planted.map((table) => `alter table ${table} enable trigger user;`).join('\n')}
    commit;`);
  await sql.unsafe(
    'analyze public.tenants; analyze public.npc_definitions; analyze public.sessions; analyze mgmt.users; analyze mgmt.campaigns;',
  );
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export async function run(): Promise<void> {
  const owner = postgres(process.env['DATABASE_URL']!, {
    max: 1,
    onnotice: () => {},
  });
  const rows: string[][] = [];
  const member = postgres(process.env['DATABASE_URL']!, { max: 1, onnotice: () => {} });
  const root = postgres(process.env['DATABASE_URL']!, { max: 1, onnotice: () => {} });
  try {
    for (const count of tenantCounts) {
      await plant(owner, count);
      const n = Math.ceil(count / 2);
      const tenant = `bench_${n}`;
      const campaign = `${tenant}_c1`;
      const claims = JSON.stringify({
        sub: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
        role: 'authenticated',
      });
      // The role and the claims last for the connection: only the statement itself is measured.
      await member.unsafe(`select set_config('request.jwt.claims', '${claims}', false); set role authenticated;`);
      for (const statement of statements) {
        const rls = typeof statement.rls === 'string' ? statement.rls : statement.rls(campaign);
        const explicit = statement.where(tenant, campaign);
        const underRls: number[] = [];
        const byWhere: number[] = [];
        for (let round = 0; round < rounds; round++) {
          underRls.push(await timed(() => member.unsafe(rls, [], { prepare: true })));
          byWhere.push(await timed(() => root.unsafe(explicit, [], { prepare: true })));
        }
        const [a, b] = [percentile(underRls, 0.5), percentile(byWhere, 0.5)];
        rows.push([
          String(count),
          statement.name,
          `${a.toFixed(3)} ms`,
          `${b.toFixed(3)} ms`,
          `${(a / b).toFixed(2)}`,
          `${percentile(underRls, 0.99).toFixed(3)} ms`,
          `${percentile(byWhere, 0.99).toFixed(3)} ms`,
        ]);
      }
      await member.unsafe('reset role');
    }
  } finally {
    await Promise.all([owner.end(), member.end(), root.end()]);
  }
  printTable(
    'Row level security against an explicit where',
    ['tenants', 'statement', 'RLS p50', 'where p50', 'ratio', 'RLS p99', 'where p99'],
    rows,
  );
}

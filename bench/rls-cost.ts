// What row level security costs: the five hottest reads as a member under policies, and as a role that bypasses them with an
// explicit `where tenant_id`, among 10, 1,000 and 10,000 tenants with 1,000,000 rows. Both run in turn on one connection, so
// that noise hits both alike. `BENCH_PLANS=1` prints the plans; a plan that reads a whole table or asks for the caller more
// than once per table is an error.
import postgres from 'postgres';

import { percentile, printTable } from './lib/figures.ts';
import { byPolicy, byWhere, type Facts, type HotStatement, hotStatements } from './lib/hot-statements.ts';
import { readPlan } from './lib/plan.ts';
import { plantTenants, reader } from './lib/tenants.ts';

const tenantCounts = [10, 1_000, 10_000];
/** Milliseconds of each measurement, so that a busy machine gives fewer pairs, not a longer wait. */
const budget = 2_000;
/** Pairs, also on the slowest machine. */
const fewest = 50;
/** Pairs until plans, caches and the connection are warm. */
const warmUp = 20;

type Way = { role: 'authenticated' | 'service_role'; sql: string };
type Connection = postgres.ReservedSql;

/** `simple` is an option of the driver that its types leave out. */
const prepared = { prepare: true, simple: false } as postgres.UnsafeQueryOptions;

/** A token of the size that Auth gives to somebody who came by Discord. */
const claims = JSON.stringify({
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
});

interface Sent {
  /** Milliseconds from here and back: of the statement, and of the transaction with its settings. */
  statement: number;
  transaction: number;
  /** Of the answer, in characters. */
  length: number;
}

/** One request as PostgREST sends it. */
async function send(connection: Connection, way: Way, values: (string | number | null)[]): Promise<Sent> {
  const opened = performance.now();
  await connection.unsafe('begin read only');
  await connection.unsafe(
    `select set_config('search_path', '"mgmt", "public", "extensions"', true), set_config('role', $1, true),
       set_config('request.jwt.claims', $2, true), set_config('request.method', 'GET', true),
       set_config('request.path', '/', true), set_config('request.headers', '{}', true)`,
    [way.role, claims],
    { prepare: true },
  );
  const started = performance.now();
  // Without `simple` the driver does not prepare a statement that has no values, as PostgREST does.
  const [row] = await connection.unsafe<{ body: unknown }[]>(way.sql, values, prepared);
  const answered = performance.now();
  await connection.unsafe('commit');
  return {
    statement: answered - started,
    transaction: performance.now() - opened,
    length: JSON.stringify(row?.body).length,
  };
}

async function measure(connection: Connection, statement: HotStatement, facts: Facts): Promise<string[]> {
  const values = statement.values(facts);
  const policy: Way = { role: 'authenticated', sql: statement.sql(byPolicy) };
  const where: Way = { role: 'service_role', sql: statement.sql(byWhere) };
  const pairs: { policy: Sent; where: Sent }[] = [];
  const until = performance.now() + budget;
  for (let round = -warmUp; round < fewest || performance.now() < until; round++) {
    // Whoever comes second finds caches warmer: they take turns in that too.
    const policyFirst = round % 2 === 0;
    const one = await send(connection, policyFirst ? policy : where, values);
    const two = await send(connection, policyFirst ? where : policy, values);
    // Embedded rows have no order, so lengths are compared; two brackets are an empty answer.
    if (one.length !== two.length || one.length <= 2)
      throw new Error(`${statement.name}: the two ways read different rows.`);
    if (round >= 0) pairs.push(policyFirst ? { policy: one, where: two } : { policy: two, where: one });
  }
  const at = (share: number, figure: (pair: { policy: Sent; where: Sent }) => number) =>
    percentile(pairs.map(figure), share);
  const [policyP50, whereP50] = [at(0.5, (pair) => pair.policy.statement), at(0.5, (pair) => pair.where.statement)];
  return [
    String(pairs.length),
    policyP50.toFixed(3),
    whereP50.toFixed(3),
    (policyP50 / whereP50).toFixed(2),
    `${Math.round(1000 * at(0.5, (pair) => pair.policy.statement - pair.where.statement))} µs`,
    (at(0.5, (pair) => pair.policy.transaction) / at(0.5, (pair) => pair.where.transaction)).toFixed(2),
    at(0.99, (pair) => pair.policy.statement).toFixed(2),
    at(0.99, (pair) => pair.where.statement).toFixed(2),
  ];
}

/** Both plans, read and perhaps printed. */
async function judgePlans(connection: Connection, statement: HotStatement, facts: Facts): Promise<void> {
  for (const [role, sql] of [
    ['authenticated', statement.sql(byPolicy)],
    ['service_role', statement.sql(byWhere)],
  ] as const) {
    await connection.unsafe('begin');
    await connection.unsafe(`select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`, [
      role,
      claims,
    ]);
    const { text, faults } = await readPlan(connection, sql, statement.values(facts));
    await connection.unsafe('rollback');
    if (process.env['BENCH_PLANS']) console.log(`#### ${statement.name}, ${role}\n\n${statement.request}\n\n${text}\n`);
    if (faults.length > 0) throw new Error(`${statement.name} as ${role}: ${faults.join(', ')}\n${text}`);
  }
}

async function readFacts(sql: postgres.Sql): Promise<Facts> {
  const [row] = await sql.unsafe<Facts[]>(
    `select
       (select id from mgmt.campaigns where tenant_id = $1 order by name limit 1) as campaign,
       array(select id from public.sessions where tenant_id = $1 order by started_at desc limit 25)::text as sessions`,
    [reader.tenant],
  );
  if (!row) throw new Error('The reader has no rows.');
  return row;
}

export async function run(): Promise<void> {
  const sql = postgres(process.env['DATABASE_URL']!, { max: 2, onnotice: () => {} });
  const connection = await sql.reserve();
  try {
    let planted = 0;
    for (const count of tenantCounts) {
      const total = await plantTenants(sql, planted + 1, count);
      planted = count;
      const facts = await readFacts(sql);
      const rows: string[][] = [];
      for (const statement of hotStatements) {
        rows.push([statement.name, ...(await measure(connection, statement, facts))]);
        // Small tables are best read whole; what counts is what happens when they are large.
        if (count === tenantCounts.at(-1)) await judgePlans(connection, statement, facts);
      }
      printTable(
        `Row level security against an explicit where, ${count.toLocaleString('en')} tenants, ${total.toLocaleString('en')} rows, ms; cost: median of the pairs' differences`,
        ['read', 'pairs', 'RLS p50', 'where p50', 'ratio', 'cost', 'ratio of requests', 'RLS p99', 'where p99'],
        rows,
      );
    }
  } finally {
    connection.release();
    await sql.end();
  }
}

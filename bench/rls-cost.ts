// What row level security costs: the five hottest reads as a member under policies, and as a role that bypasses them with an
// explicit `where tenant_id`, among 10, 1,000 and 10,000 tenants with 1,000,000 rows: as requests to the API, as the transaction
// that PostgREST makes of each, and as the bare statement. All ways run in turn, so that noise hits them alike.
// `BENCH_PLANS=1` prints the plans; a plan that reads a whole table or asks for the caller more than once per table is an error.
import postgres from 'postgres';

import { percentile, printTable } from './lib/figures.ts';
import { byMembership, byPolicy, byWhere, type Facts, type HotStatement, hotStatements } from './lib/hot-statements.ts';
import { readPlan } from './lib/plan.ts';
import { requestPair } from './lib/requests.ts';
import { claims, plantTenants, reader } from './lib/tenants.ts';

const tenantCounts = [10, 1_000, 10_000];
/** Milliseconds of each measurement, so that a busy machine gives fewer rounds, not a longer wait. */
const budget = 2_000;
/** Rounds, also on the slowest machine. */
const fewest = 50;
/** Rounds until plans, caches and the connection are warm. */
const warmUp = 20;

type Way = { role: 'authenticated' | 'service_role'; sql: string };
type Connection = postgres.ReservedSql;

/** `simple` is an option of the driver that its types leave out. */
const prepared = { prepare: true, simple: false } as postgres.UnsafeQueryOptions;

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
    [way.role, JSON.stringify(claims)],
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

/** Rounds of all `ways`, each starting with another one, because whoever comes second finds caches warmer. */
async function rounds<T>(ways: (() => Promise<T>)[]): Promise<T[][]> {
  const taken: T[][] = [];
  const until = performance.now() + budget;
  for (let round = -warmUp; round < fewest || performance.now() < until; round++) {
    const sent: T[] = [];
    for (let turn = 0; turn < ways.length; turn++) {
      const which = (round + warmUp + turn) % ways.length;
      sent[which] = await ways[which]!();
    }
    if (round >= 0) taken.push(sent);
  }
  return taken;
}

/** Throws unless the ways read the same. Embedded rows have no order, so lengths are compared; two brackets are an empty answer. */
function mustAgree(name: string, rounds: { length: number }[][]): void {
  for (const sent of rounds) {
    const lengths = sent.map(({ length }) => length);
    if (lengths.some((length) => length <= 2 || length !== lengths[0]))
      throw new Error(`${name}: the ways read different rows: ${lengths.join(', ')} characters.`);
  }
}

async function measure(connection: Connection, statement: HotStatement, facts: Facts): Promise<string[]> {
  const values = statement.values(facts);
  const way = (role: Way['role'], tenant: (table: string) => string) => () =>
    send(connection, { role, sql: statement.sql(tenant) }, values);
  const inDatabase = await rounds([
    way('authenticated', byPolicy),
    way('service_role', byWhere),
    way('service_role', byMembership),
  ]);
  const overApi = await rounds(requestPair(statement, facts));
  mustAgree(statement.name, inDatabase);
  mustAgree(`${statement.name} over the API`, overApi);

  const statements = (which: number, share = 0.5) =>
    percentile(
      inDatabase.map((sent) => sent[which]!.statement),
      share,
    );
  const transactions = (which: number) =>
    percentile(
      inDatabase.map((sent) => sent[which]!.transaction),
      0.5,
    );
  const requests = (which: number, share = 0.5) =>
    percentile(
      overApi.map((sent) => sent[which]!.took),
      share,
    );
  const ratio = (one: number, other: number) => (one / other).toFixed(2);
  return [
    `${overApi.length}, ${inDatabase.length}`,
    `${requests(0).toFixed(2)}, ${requests(0, 0.99).toFixed(2)}`,
    `${requests(1).toFixed(2)}, ${requests(1, 0.99).toFixed(2)}`,
    ratio(requests(0), requests(1)),
    ratio(transactions(0), transactions(1)),
    `${statements(0).toFixed(3)}, ${statements(0, 0.99).toFixed(2)}`,
    `${statements(1).toFixed(3)}, ${statements(1, 0.99).toFixed(2)}`,
    ratio(statements(0), statements(1)),
    ratio(statements(0), statements(2)),
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
      JSON.stringify(claims),
    ]);
    const { text, faults } = await readPlan(connection, sql, statement.values(facts));
    await connection.unsafe('rollback');
    if (process.env['BENCH_PLANS'])
      console.log(`#### ${statement.name}, ${role}\n\n${statement.request(facts)}\n\n${text}\n`);
    if (faults.length > 0) throw new Error(`${statement.name} as ${role}: ${faults.join(', ')}\n${text}`);
  }
}

async function readFacts(sql: postgres.Sql): Promise<Facts> {
  const [row] = await sql.unsafe<Facts[]>(
    `select
       (select id from mgmt.campaigns where tenant_id = $1 order by name limit 1) as campaign,
       array(select id from public.sessions where tenant_id = $1 order by started_at desc limit 25) as sessions`,
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
        `Row level security against an explicit where, ${count.toLocaleString('en')} tenants, ${total.toLocaleString('en')} rows; p50, p99 in ms, ratios of p50`,
        [
          'read',
          'rounds',
          'request, RLS',
          'request, where',
          'ratio',
          'transaction, ratio',
          'statement, RLS',
          'statement, where',
          'ratio',
          'ratio to a where that asks for the membership',
        ],
        rows,
      );
    }
  } finally {
    connection.release();
    await sql.end();
  }
}

// What must hold for every object there is or will be, read from the catalogue, so that nothing new can be forgotten;
// what concerns rights is in probe-database.ts, as part of the proof.
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { functions } from './expectations.ts';

afterAll(closeDatabase);

const ours = `('public', 'mgmt', 'private')`;

async function names(sql: string): Promise<string[]> {
  return (await asRoot<{ name: string }>(sql)).map(({ name }) => name);
}

test('every function has its search path pinned and is executable by name only', async () => {
  expect(
    await names(
      `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname in ${ours}
         and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
         and (not coalesce(p.proconfig @> array['search_path=""'], false)
           or p.proacl is null or exists (select from aclexplode(p.proacl) as acl where acl.grantee = 0))`,
    ),
  ).toEqual([]);
});

test('every function of the API can be called by those it is for', async () => {
  for (const [role, other] of [
    ['authenticated', 'service_role'],
    ['service_role', 'authenticated'],
  ] as const) {
    expect(
      await names(
        `select proname as name from pg_proc where pronamespace = 'mgmt'::regnamespace
         and has_function_privilege('${role}', oid, 'execute') and not has_function_privilege('${other}', oid, 'execute') order by 1`,
      ),
    ).toEqual(
      Object.entries(functions)
        .filter(([, { by }]) => by === role)
        .map(([name]) => name)
        .sort(),
    );
  }
});

test('every foreign key has an index that begins with its columns', async () => {
  expect(
    await names(
      `select c.conrelid::regclass::text || ' ' || c.conname as name from pg_constraint c join pg_namespace n on n.oid = c.connamespace
       where n.nspname in ${ours} and c.contype = 'f' and not exists (
         select from pg_index i where i.indrelid = c.conrelid
           and (string_to_array(i.indkey::text, ' ')::int2[])[1:cardinality(c.conkey)] @> c.conkey
           and c.conkey @> (string_to_array(i.indkey::text, ' ')::int2[])[1:cardinality(c.conkey)]
           and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~* 'is not null')
       )`,
    ),
  ).toEqual([]);
});

test('every foreign key says what a deletion does to it', async () => {
  const undecided = await names(
    `select c.conrelid::regclass::text || ' ' || c.conname as name from pg_constraint c join pg_namespace n on n.oid = c.connamespace
     where n.nspname in ('mgmt', 'private') and c.contype = 'f' and c.confdeltype = 'a'
       and c.confrelid <> 'mgmt.subscription_plans'::regclass`,
  );
  expect(undecided).toEqual([]);
});

test('policies ask who is calling once per statement', async () => {
  const policies = await asRoot<{ name: string; expression: string }>(
    `select schemaname || '.' || tablename || ': ' || policyname as name, coalesce(qual, '') || ' ' || coalesce(with_check, '') as expression
     from pg_policies where schemaname in ('public', 'mgmt', 'realtime')
       -- The tests of Realtime bring policies of their own while they run.
       and policyname not like 'realtime\\_test\\_%'`,
  );
  expect(policies.length).toBeGreaterThan(30);
  // Calls with a column as argument are asked per row, on purpose; those without one must be wrapped in a select.
  const perRow = policies.filter(({ expression }) => {
    const unwrapped = expression.replaceAll(/\( SELECT (private|auth)\.\w+\([^()]*\) AS \w+\)/g, '');
    return /(private|auth|realtime)\.\w+\((\)|'|current_setting)/.test(unwrapped);
  });
  expect(perRow).toEqual([]);
});

test('policies are for named roles and one verb each, except the gateway’s on its own tables', async () => {
  expect(
    await names(
      `select policyname as name from pg_policies where schemaname in ('public', 'mgmt', 'realtime')
       and (roles = '{public}' or (cmd = 'ALL' and roles <> '{glyphoxa_gateway}') or permissive <> 'PERMISSIVE')`,
    ),
  ).toEqual([]);
  expect(
    await names(
      `select schemaname || '.' || tablename || ' ' || cmd || ' ' || role as name from pg_policies, unnest(roles) as role
       where schemaname in ('public', 'mgmt') group by schemaname, tablename, cmd, role having count(*) > 1`,
    ),
  ).toEqual([]);
});

test('the roles that log in for us are no superusers and bypass nothing', async () => {
  expect(
    await asRoot(
      `select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin from pg_roles
       where rolname in ('glyphoxa_gateway', 'glyphoxa_worker') order by 1`,
    ),
  ).toEqual(
    ['glyphoxa_gateway', 'glyphoxa_worker'].map((rolname) => ({
      rolname,
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      rolcanlogin: true,
    })),
  );
});

test('every table and function of the API says what it promises', async () => {
  expect(
    await names(
      `select c.relname as name from pg_class c where c.relnamespace = 'mgmt'::regnamespace and c.relkind in ('r', 'v', 'p')
       and obj_description(c.oid, 'pg_class') is null
       union all
       select p.proname from pg_proc p where p.pronamespace = 'mgmt'::regnamespace and obj_description(p.oid, 'pg_proc') is null`,
    ),
  ).toEqual([]);
});

test('SQL raises each code with the status that the product’s list gives it', async () => {
  const list = readFileSync(new URL('../../domain/errors.ts', import.meta.url), 'utf8');
  const statuses = new Map([...list.matchAll(/^ {2}(\w+): (\d{3}),$/gm)].map(([, code, status]) => [code!, status!]));
  const known = await asRoot<{ code: string; status: string | null }>(
    'select code, private.error_status(code) as status from unnest($1::text[]) as code',
    [[...statuses.keys()]],
  );
  const different = known.filter(({ code, status }) => status !== null && status !== statuses.get(code));
  expect(different).toEqual([]);

  const bodies = await names(
    `select prosrc as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('mgmt', 'private')`,
  );
  const raised = bodies.flatMap((body) => [...body.matchAll(/private\.fail\(\s*'(\w+)'/g)].map(([, code]) => code!));
  expect(raised.length).toBeGreaterThan(20);
  const raisable = new Set(known.filter(({ status }) => status !== null).map(({ code }) => code));
  expect(raised.filter((code) => !raisable.has(code))).toEqual([]);
});

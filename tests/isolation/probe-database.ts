// What no call through the API can tell: roles of the database that policies admit, and what must hold for every object.
import { asRoot, connectAs } from '../lib/database.ts';
import type { Case } from './engine.ts';
import { outcomeFor } from './derive.ts';
import { functions, hiddenColumns, relations, services, verbs } from './expectations.ts';
import type { World } from './world.ts';

/** The gateway and its like see by policies what their line says, of every table of people. */
export function serviceCases(): Case[] {
  return Object.entries(services).flatMap(([role, tables]) =>
    Object.entries(tables).map(([table, share]): Case => ({
      object: table,
      what: `${role} sees ${share === 'all' ? 'every row' : `rows where ${share.only}`}`,
      run: async () => {
        const condition = share === 'all' ? 'true' : share.only;
        const client = await connectAs('DATABASE_URL');
        try {
          await client.query('begin isolation level repeatable read');
          const count = async (where: string): Promise<number> =>
            Number((await client.query<{ n: string }>(`select count(*) as n from ${table} where ${where}`)).rows[0]!.n);
          const [every, some] = [await count('true'), await count(condition)];
          await client.query(`set local role ${role}`);
          const seen = await count('true');
          if (every === 0 || (share !== 'all' && every === some)) return 'nothing is planted that would tell';
          return seen === some ? undefined : `${seen} rows instead of ${some}`;
        } finally {
          await client.query('rollback');
          await client.end();
        }
      },
    })),
  );
}

/** Policies for roles that neither the API nor a line knows. */
export function unknownPolicies(): Promise<{ name: string }[]> {
  const known = Object.entries(services).flatMap(([role, tables]) =>
    Object.keys(tables).map((table) => `${role} ${table}`),
  );
  return asRoot<{ name: string }>(
    `select distinct role || ' ' || schemaname || '.' || tablename as name from pg_policies, unnest(roles) as role
     where schemaname in ('mgmt', 'public', 'private', 'storage', 'realtime') and policyname not like 'realtime_test%'
       and role not in ('anon', 'authenticated') and not role || ' ' || schemaname || '.' || tablename = any ($1)`,
    [known],
  );
}

const ours = `('public', 'mgmt', 'private')`;

/** What holds for every object there is or will be: queries that give the objects for which it does not. */
export const invariants: Record<string, { sql: string; values?: unknown[]; allowed?: string[] }> = {
  'row level security is on and forced on every table': {
    sql: `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ${ours} and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
      union all select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('storage', 'realtime') and c.relname in ('objects', 'buckets', 'messages') and not c.relrowsecurity`,
  },
  'every view runs as its caller': {
    sql: `select oid::regclass::text as name from pg_class where relnamespace::regnamespace::text in ${ours} and relkind in ('v', 'm')
      and not coalesce(reloptions @> '{security_invoker=true}', false)`,
  },
  'signed out, one reads the plans and nothing else': {
    sql: `select n.nspname || '.' || c.relname || ' ' || privilege as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace,
        unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as privilege
      where (n.nspname in ${ours} or n.nspname like 'tenant\\_%') and c.relkind in ('r', 'v', 'm', 'p', 'f')
        and (has_table_privilege('anon', c.oid, privilege)
          or (privilege in ('select', 'insert', 'update', 'references') and has_any_column_privilege('anon', c.oid, privilege)))`,
    allowed: ['mgmt.subscription_plans select'],
  },
  'signed out, one calls nothing': {
    sql: `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ${ours} and has_function_privilege('anon', p.oid, 'execute')
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`,
  },
  'no API role reads or writes what is private': {
    sql: `select 'private.' || c.relname as name from pg_class c, unnest(array['anon', 'authenticated', 'service_role']) as role,
        unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as privilege
      where c.relnamespace = 'private'::regnamespace and c.relkind in ('r', 'p', 'v')
        and (has_table_privilege(role, c.oid, privilege)
          or privilege in ('select', 'insert', 'update', 'references') and has_any_column_privilege(role, c.oid, privilege))`,
  },
  'API roles have no right in a tenant’s own schema, and make nothing anywhere': {
    sql: `select n.nspname || ' ' || role as name from pg_namespace n, unnest(array['anon', 'authenticated', 'service_role']) as role
      where (n.nspname like 'tenant\\_%' and has_schema_privilege(role, n.oid, 'usage'))
        or (n.nspname in ${ours} and has_schema_privilege(role, n.oid, 'create'))`,
  },
  'API roles have at each table the rights that its lines give': {
    sql: `with wanted as (
        select (entry ->> 'source')::regclass as oid, entry ->> 'role' as role, entry ->> 'verb' as verb
        from jsonb_array_elements($1::jsonb) as entry
      ), given as (
        select c.oid, role, verb from pg_class c, unnest(array['authenticated', 'service_role']) as role,
          unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as verb
        where c.relnamespace in ('public'::regnamespace, 'mgmt'::regnamespace) and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
          and case when verb in ('delete', 'truncate', 'trigger') then has_table_privilege(role, c.oid, verb)
            else has_any_column_privilege(role, c.oid, verb) end
      )
      select oid::regclass || ': ' || role || ' ' || verb as name
      from (select * from given except select * from wanted) as more
      union all
      select oid::regclass || ': ' || role || ' lacks ' || verb from (select * from wanted except select * from given) as less`,
    values: [],
  },
  'nobody says of a row whose it is': {
    sql: `select format('%s.%s', c.oid::regclass, a.attname) as name
      from pg_class c join pg_attribute a on a.attrelid = c.oid, unnest(array['insert', 'update']) as verb
      where c.relnamespace in ('public'::regnamespace, 'mgmt'::regnamespace) and c.relkind in ('r', 'p', 'v')
        and a.attname in ('tenant_id', 'user_id') and has_column_privilege('authenticated', c.oid, a.attnum, verb)`,
  },
  'people call what is theirs, and the secret key what is its own': {
    sql: `select p.oid::regprocedure || ' ' || role as name
      from pg_proc p, unnest(array['authenticated', 'service_role']) as role
      where p.pronamespace = 'mgmt'::regnamespace
        and has_function_privilege(role, p.oid, 'execute') <> (coalesce($1::jsonb ->> p.proname, '') = role)`,
    values: [JSON.stringify(Object.fromEntries(Object.entries(functions).map(([name, { by }]) => [name, by])))],
  },
  'no function is a column of a row': {
    sql: `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
        unnest(p.proargtypes) as argument join pg_type t on t.oid = argument
      where n.nspname in ('mgmt', 'public', 'extensions') and t.typrelid <> 0`,
  },
  'no change of a table is told by replication but messages': {
    sql: `select pubname || ': ' || schemaname || '.' || tablename as name from pg_publication_tables
      where not (schemaname = 'realtime' and tablename ~ '^messages(_|$)')
      union all select pubname from pg_publication where puballtables`,
  },
  'no API role reads a secret column': {
    sql: `select t.name || '.' || c.name as name from jsonb_each($1::jsonb) as t (name, columns),
        jsonb_array_elements_text(t.columns) as c (name), unnest(array['anon', 'authenticated', 'service_role']) as role
      where has_column_privilege(role, ('public.' || t.name)::regclass, c.name, 'select')`,
    values: [JSON.stringify(hiddenColumns)],
  },
};

/** What the lines give to whom, at the objects of the API and at the tables beneath them. */
function rightsOfLines({ catalogue }: World): { source: string; role: string; verb: string }[] {
  return catalogue.relations.flatMap(({ name, source }) => {
    const line = relations[name];
    if (!line) return [];
    return verbs.flatMap((verb) =>
      (
        [
          ['authenticated', 'owner'],
          ['service_role', 'service'],
        ] as const
      )
        .filter(([, caller]) => outcomeFor(line, verb, caller) !== 'no grant')
        .flatMap(([role]) => [...new Set([`mgmt.${name}`, source])].map((source) => ({ source, role, verb }))),
    );
  });
}

export function invariantCases(world: World): Case[] {
  return Object.entries(invariants).map(([what, { sql, values, allowed }]) => ({
    object: 'catalogue',
    what,
    run: async () => {
      const given = values?.length === 0 ? [JSON.stringify(rightsOfLines(world))] : values;
      const broken = (await asRoot<{ name: string }>(sql, given)).map(({ name }) => name);
      const wrong = broken.filter((name) => !allowed?.includes(name));
      return wrong.length > 0 ? [...new Set(wrong)].join(', ') : undefined;
    },
  }));
}

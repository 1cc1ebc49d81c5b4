// Rules broken one at a time, read from the catalogue, each with the statement that puts it back exactly.
import { asRoot } from '../lib/database.ts';

export interface Mutation {
  name: string;
  /** Objects of the proof that it concerns; none means all. */
  objects: string[];
  break: string;
  restore: string;
}

interface Policy {
  schema: string;
  table: string;
  name: string;
  verb: string;
  roles: string;
  using: string | null;
  check: string | null;
}

const schemas = `('mgmt', 'public', 'storage', 'realtime')`;

/** Every policy dropped, and widened to all rows. */
async function policies(): Promise<Mutation[]> {
  const all = await asRoot<Policy & Record<string, unknown>>(
    `select schemaname as schema, tablename as table, policyname as name, cmd as verb, qual as using, with_check as check,
       (select string_agg(quote_ident(role), ', ') from unnest(roles) as role) as roles
     from pg_policies where schemaname in ${schemas} order by 1, 2, 3`,
  );
  const objectsOf = await objectsBySource();
  return all.flatMap((policy) => {
    const table = `"${policy.schema}"."${policy.table}"`;
    const on = `"${policy.name.replaceAll('"', '""')}" on ${table}`;
    const create = (using: string | null, check: string | null) =>
      `create policy ${on} for ${policy.verb} to ${policy.roles}` +
      `${using === null ? '' : ` using (${using})`}${check === null ? '' : ` with check (${check})`}`;
    const original = create(policy.using, policy.check);
    const wide = create(policy.using && 'true', policy.check && 'true');
    const objects = objectsOf(policy.schema, policy.table);
    const name = `${policy.schema}.${policy.table}: ${policy.name}`;
    return [
      { name: `drop ${name}`, objects, break: `drop policy ${on}`, restore: original },
      // What lets everything through already cannot be widened.
      ...(wide === original
        ? []
        : [
            {
              name: `widen ${name}`,
              objects,
              break: `drop policy ${on}; ${wide}`,
              restore: `drop policy ${on}; ${original}`,
            },
          ]),
    ];
  });
}

/** The proof's objects that show rows of a table. */
async function objectsBySource(): Promise<(schema: string, table: string) => string[]> {
  const views = await asRoot<{ name: string; source: string }>(
    `select distinct c.relname as name, n.nspname || '.' || t.relname as source
     from pg_rewrite r join pg_class c on c.oid = r.ev_class
     join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
     join pg_class t on t.oid = d.refobjid and d.refclassid = 'pg_class'::regclass and t.oid <> c.oid
     join pg_namespace n on n.oid = t.relnamespace where c.relnamespace = 'mgmt'::regnamespace`,
  );
  return (schema, table) => {
    if (schema === 'storage') return ['bucket images', 'bucket voice-samples', `${schema}.${table}`];
    if (schema === 'realtime') return ['topic session', 'topic tenant', `${schema}.${table}`];
    const shown = views.filter(({ source }) => source === `${schema}.${table}`).map(({ name }) => name);
    return [...(schema === 'mgmt' ? [table] : []), ...shown, `${schema}.${table}`];
  };
}

/** Row level security off, and rights for those who have none, on every table; views that run as their owner. */
async function tables(): Promise<Mutation[]> {
  const all = await asRoot<{ schema: string; name: string; kind: string; granted: boolean }>(
    `select n.nspname as schema, c.relname as name, c.relkind as kind, has_any_column_privilege('anon', c.oid, 'select') as granted
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('mgmt', 'public', 'private') and c.relkind in ('r', 'p', 'v') and not c.relispartition order by 1, 2`,
  );
  const objectsOf = await objectsBySource();
  return all.flatMap(({ schema, name, kind, granted }) => {
    const table = `"${schema}"."${name}"`;
    const objects = [...objectsOf(schema, name), 'catalogue'];
    const of = (what: string, breaks: string, restore: string): Mutation => ({
      name: `${what} ${schema}.${name}`,
      objects,
      break: breaks,
      restore,
    });
    if (kind === 'v') {
      return [
        of(
          'run as its owner',
          `alter view ${table} set (security_invoker = false)`,
          `alter view ${table} set (security_invoker = true)`,
        ),
      ];
    }
    const off = of(
      'row level security off on',
      `alter table ${table} disable row level security`,
      `alter table ${table} enable row level security`,
    );
    if (schema === 'private') {
      return [
        off,
        of(
          'let people read',
          `grant select on ${table} to authenticated`,
          `revoke select on ${table} from authenticated`,
        ),
      ];
    }
    return granted
      ? [off]
      : [off, of('let anon read', `grant select on ${table} to anon`, `revoke select on ${table} from anon`)];
  });
}

/** What stands in for the checks inside functions: every one answers as for somebody who may. */
const openChecks: [RegExp, string][] = [
  [/private\.require_role\('\w+'\)/, 'private.current_tenant_id()'],
  [/private\.lock_members\('\w+'\)/, 'private.current_tenant_id()'],
  [/\w+\.tenant_id = (v_tenant|private\.current_tenant_id\(\))/, 'true'],
  [/perform private\.as_operator\(/, 'perform concat('],
];

/** Functions without their caller's check, and helpers of policies that say yes. */
async function functions(): Promise<Mutation[]> {
  const all = await asRoot<{ schema: string; name: string; definition: string; source: string }>(
    `select pronamespace::regnamespace::text as schema, proname as name, pg_get_functiondef(oid) as definition, prosrc as source
     from pg_proc where pronamespace in ('mgmt'::regnamespace, 'private'::regnamespace) and prokind = 'f' order by 1, 2`,
  );
  return all.flatMap(({ schema, name, definition, source }): Mutation[] => {
    const broken = (what: string, body: string): Mutation => ({
      name: `${what} in ${schema}.${name}()`,
      objects: schema === 'mgmt' ? [`${name}()`] : [],
      break: definition.replace(source, () => body),
      restore: definition,
    });
    if (schema === 'private') {
      if (['may_join_topic', 'is_own_session', 'is_own_campaign', 'has_role'].includes(name)) {
        return [broken('always yes', definition.includes('LANGUAGE sql') ? 'select true' : 'begin return true; end')];
      }
      return [];
    }
    return openChecks.flatMap(([check, open]) =>
      check.test(source)
        ? [broken(`no ${open === 'true' ? 'tenant' : 'role'} check`, source.replace(check, open))]
        : [],
    );
  });
}

export async function allMutations(): Promise<Mutation[]> {
  return (await Promise.all([policies(), tables(), functions()])).flat();
}

/** Everything that a mutation may touch, as text, to see that nothing of it is left. */
export async function fingerprint(): Promise<string> {
  const [row] = await asRoot<{ sum: string }>(
    `select md5(
       (select string_agg(p::text, '|' order by p::text) from pg_policies p)
       || (select string_agg(concat(c.oid, c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
             (select array_agg(a::text order by a::text) from unnest(coalesce(c.relacl, acldefault('r', c.relowner))) a)), '|' order by c.oid)
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where n.nspname in ('mgmt', 'public', 'private', 'storage') and c.relkind in ('r', 'p', 'v'))
       || (select string_agg(concat(p.oid, p.prosrc, p.proacl, p.proconfig, p.prosecdef, p.provolatile), '|' order by p.oid)
           from pg_proc p where p.pronamespace in ('mgmt'::regnamespace, 'private'::regnamespace))
     ) as sum`,
  );
  return row!.sum;
}

// Rules broken one at a time, read from the catalogue, each with the statement that puts it back exactly.
import { asRoot } from '../lib/database.ts';
import type { Mutation } from './mutation.ts';
import { functionMutations } from './mutations-functions.ts';
import { policyMutations } from './mutations-policies.ts';
import { tableMutations } from './mutations-tables.ts';

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
    return [...new Set([...(schema === 'mgmt' ? [table] : []), ...shown, `${schema}.${table}`])];
  };
}

export async function allMutations(): Promise<Mutation[]> {
  const objectsOf = await objectsBySource();
  return [
    ...(await policyMutations(objectsOf)),
    ...(await tableMutations(objectsOf)),
    ...(await functionMutations(objectsOf)),
  ];
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

// What a table of people owns in every schema, as root sees it: a checksum per relation.
import { asRoot } from '../lib/database.ts';
import { patternsOf } from './world.ts';
import type { Planted } from './tables.ts';

export type Checksum = Record<string, string>;

/**
 * Rows by `tenant_id` where there is one; elsewhere any row that names an id of the table. Not the outbox, which the workers
 * empty meanwhile. `ask` looks from inside a transaction.
 */
export async function checksumOf(planted: Planted, ask: typeof asRoot = asRoot): Promise<Checksum> {
  const tables = await ask<{ schema: string; name: string; owned: boolean }>(
    `select n.nspname as schema, c.relname as name,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as owned
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and has_table_privilege(c.oid, 'select')
       and c.oid <> 'private.outbox'::regclass
       and (n.nspname in ('mgmt', 'public', 'private', 'storage', 'auth', 'realtime', $1) and has_schema_privilege(n.oid, 'usage'))
     order by 1, 2`,
    [`tenant_${planted.ids.tenant}`],
  );
  const parts = tables.map(({ schema, name, owned }) => {
    const condition = schema.startsWith('tenant_') ? 'true' : owned ? 'tenant_id = $1' : 't::text like any ($2)';
    return `select '${schema}.${name}' as name, count(*) || ':' || coalesce(md5(string_agg(row, '' order by row)), '') as sum
      from (select (to_jsonb(t) - 'last_accessed_at')::text as row from "${schema}"."${name}" as t where ${condition}) as rows`;
  });
  const sums = await ask<{ name: string; sum: string }>(
    // Both parameters are named once, whichever the tables need.
    `with given as (select $1::text, $2::text[]) ${parts.join(' union all ')}`,
    [planted.ids.tenant, patternsOf(planted)],
  );
  return Object.fromEntries(sums.map(({ name, sum }) => [name, sum]));
}

/** Relations whose rows are not what they were. */
export function changesBetween(before: Checksum, after: Checksum): string[] {
  return Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
}

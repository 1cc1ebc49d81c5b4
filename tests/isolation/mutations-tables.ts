// Tables and views broken one at a time: row level security off or not forced, rights for those who have none, views as owners.
import { asRoot } from '../lib/database.ts';
import { hiddenColumns } from './expectations.ts';
import type { Mutation } from './mutation.ts';

interface Table {
  schema: string;
  name: string;
  kind: string;
  /** `role privilege` that the table gives. */
  granted: string[];
  whose: string[];
}

const roles = ['anon', 'authenticated', 'service_role'];
const privileges = ['select', 'insert', 'update', 'delete', 'truncate'];

export async function tableMutations(objectsOf: (schema: string, table: string) => string[]): Promise<Mutation[]> {
  const all = await asRoot<Table & Record<string, unknown>>(
    `select n.nspname as schema, c.relname as name, c.relkind as kind,
       array(
         select role || ' ' || privilege from unnest($1::text[]) as role, unnest($2::text[]) as privilege
         where case when privilege in ('select', 'insert', 'update') then has_any_column_privilege(role, c.oid, privilege)
           else has_table_privilege(role, c.oid, privilege) end
       ) as granted,
       array(
         select attname::text from pg_attribute as a where a.attrelid = c.oid and attname in ('tenant_id', 'user_id') and not attisdropped
           and not has_column_privilege('authenticated', c.oid, a.attnum, 'update')
       ) as whose
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('mgmt', 'public', 'private') and c.relkind in ('r', 'p', 'v') and not c.relispartition order by 1, 2`,
    [roles, privileges],
  );
  return all.flatMap(({ schema, name, kind, granted, whose }) => {
    const table = `"${schema}"."${name}"`;
    const of = (what: string, breaks: string, restore: string): Mutation => ({
      part: 'tables',
      name: `${what} ${schema}.${name}`,
      objects: objectsOf(schema, name),
      // Row level security that is off is found by trying, where anybody can try.
      shownByCatalogue: schema === 'private' || what !== 'row level security off on',
      break: breaks,
      restore,
    });
    const grants = roles.flatMap((role) =>
      privileges
        .filter((privilege) => !granted.includes(`${role} ${privilege}`))
        .map((privilege) =>
          of(
            `let ${role} ${privilege} on`,
            `grant ${privilege} on ${table} to ${role}`,
            `revoke ${privilege} on ${table} from ${role}`,
          ),
        ),
    );
    if (kind === 'v') {
      const asOwner = (on: boolean) => `alter view ${table} set (security_invoker = ${String(on)})`;
      return [of('run as its owner', asOwner(false), asOwner(true)), ...grants];
    }
    const switched = (words: string) => `alter table ${table} ${words} row level security`;
    const columns = [
      ...(schema === 'public' ? (hiddenColumns[name] ?? []).map((column) => ['select', column] as const) : []),
      ...(schema === 'private' ? [] : whose.map((column) => ['update', column] as const)),
    ];
    return [
      of('row level security off on', switched('disable'), switched('enable')),
      of('row level security not forced on', switched('no force'), switched('force')),
      ...grants,
      ...columns.map(([privilege, column]) =>
        of(
          `let people ${privilege} ${column} of`,
          `grant ${privilege} (${column}) on ${table} to authenticated`,
          `revoke ${privilege} (${column}) on ${table} from authenticated`,
        ),
      ),
    ];
  });
}

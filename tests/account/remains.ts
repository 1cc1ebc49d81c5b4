// Where in the whole database a text still stands: every column of every table of every schema, the partitions too.
import { connectAs } from '../lib/database.ts';

export interface Remain {
  relation: string;
  /** The row as text. */
  row: string;
  text: string;
}

/** Rows in which one of the texts stands, however deep. Of other tables' schemas nothing is skipped either. */
export async function remainsOf(texts: readonly string[]): Promise<Remain[]> {
  if (texts.some((text) => text.length < 8)) throw new Error(`Too short to be found by: ${texts.join(', ')}`);
  const client = await connectAs('DATABASE_URL');
  try {
    await client.query('create temporary table remains (relation text, "row" text, "text" text)');
    await client.query('create temporary table sought as select unnest($1::text[]) as "text"', [texts]);
    await client.query(`do $$
      declare
        v_relation text;
      begin
        for v_relation in
          select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        loop
          begin
            execute format(
              'insert into remains select %L, kept::text, sought.text from %s as kept, sought
               where strpos(lower(kept::text), lower(sought.text)) > 0', v_relation, v_relation
            );
          exception when undefined_table or invalid_schema_name then
            null; -- Another test's table was dropped meanwhile.
          end;
        end loop;
      end $$`);
    return (await client.query<Remain>('select relation, "row", "text" from remains order by 1, 2')).rows;
  } finally {
    await client.end();
  }
}

/** Names of tables, those of partitions by their table's. */
export function placesOf(remains: readonly Remain[]): string[] {
  const names = remains.map(({ relation }) =>
    relation
      .replace(/^private\.audit_log_(\d{4}_\d\d|default)$/, 'mgmt.audit_log')
      .replace(/^pgboss\..+$/, 'pgboss')
      .replace(/^realtime\.messages_.+$/, 'realtime.messages'),
  );
  return [...new Set(names)].sort();
}

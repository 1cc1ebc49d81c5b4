// Rows for what tables.ts does not name: found or made from column types and foreign keys, so that a new table needs little.
import { asRoot } from '../lib/database.ts';
import type { Catalogue, Relation } from './catalogue.ts';
import { type Expectation, relations } from './expectations.ts';
import { patches, samples } from './samples.ts';
import type { Planted } from './tables.ts';

/** Gives every object of the expectations a key of this table's row; names those that have none. */
export async function completePlanting(catalogue: Catalogue, planted: Planted): Promise<string[]> {
  const missing: string[] = [];
  for (const relation of catalogue.relations) {
    const line = relations[relation.name];
    if (!line || planted.keys[relation.name] !== undefined) continue;
    let key = await keyOf(relation, line, planted);
    if (key === undefined && !relation.isView) {
      await plantRow(relation, planted);
      key = await keyOf(relation, line, planted);
    }
    if (key === undefined) missing.push(relation.name);
    else planted.keys[relation.name] = key;
  }
  return missing;
}

/** The column that says whose a row is, and whose these are. */
function belonging({ columns }: Relation, { ids }: Planted): [string, string] | undefined {
  const names = new Set(columns.map(({ name }) => name));
  if (names.has('tenant_id')) return ['tenant_id', ids.tenant];
  if (names.has('user_id')) return ['user_id', ids.user];
  if (names.has('campaign_id')) return ['campaign_id', ids.campaign];
  if (names.has('session_id')) return ['session_id', ids.session];
  return undefined;
}

async function keyOf(relation: Relation, { key }: Expectation, planted: Planted): Promise<string | undefined> {
  const whose = belonging(relation, planted);
  const condition = whose ? `where ${whose[0]}::text = $1` : '';
  const [row] = await asRoot<{ key: string }>(
    `select ${key}::text as key from mgmt.${relation.name} ${condition} order by 1 limit 1`,
    whose ? [whose[1]] : [],
  );
  return row?.key;
}

/** One row of the table, of what the catalogue demands. */
async function plantRow(relation: Relation, planted: Planted): Promise<void> {
  const whose = belonging(relation, planted);
  const row: Record<string, unknown> = { ...samples[relation.name]?.(planted.ids) };
  if (whose) row[whose[0]] ??= whose[1];
  for (const column of relation.columns) {
    if (column.required) row[column.name] ??= await valueFor(relation, column.name, column.type, planted);
  }
  const names = Object.keys(row).map((name) => `"${name}"`);
  await asRoot(
    `insert into ${relation.source} (${names}) select ${names} from jsonb_populate_record(null::${relation.source}, $1)`,
    [row],
  );
}

async function valueFor(relation: Relation, column: string, type: string, planted: Planted): Promise<unknown> {
  const parent = relation.foreignKeys.find(({ columns }) => columns.includes(column));
  if (parent) {
    const target = parent.targetColumns[parent.columns.indexOf(column)]!;
    const known = parent.targetColumns.includes('tenant_id') ? ' where tenant_id = $1' : '';
    const [row] = await asRoot<{ value: unknown }>(
      `select ${target} as value from ${parent.target}${known} limit 1`,
      known ? [planted.ids.tenant] : [],
    );
    if (row) return row.value;
  }
  const [choice] = await asRoot<{ value: string | null }>(
    `select (regexp_match(pg_get_constraintdef(oid), '\\(' || $2 || ' = ANY \\(ARRAY\\[''([^'']*)''', 'i'))[1] as value
     from pg_constraint where conrelid = $1::regclass and contype = 'c' order by 1 limit 1`,
    [relation.source, column],
  );
  if (choice?.value != null) return choice.value;
  if (type.endsWith('[]')) return [];
  if (type === 'uuid') return crypto.randomUUID();
  if (type === 'boolean') return false;
  if (type === 'jsonb' || type === 'json') return {};
  if (type.startsWith('timestamp') || type === 'date') return new Date().toISOString();
  if (/int|numeric|double|real/.test(type)) return 1;
  return 'planted';
}

/** What a person would send to add a row. */
export function sampleFor(
  { name, columns }: Relation,
  key: string,
  { ids, keys }: Pick<Planted, 'ids' | 'keys'>,
): Record<string, unknown> {
  const sample = samples[name]?.(ids);
  if (sample) return sample;
  const of: Record<string, unknown> = {};
  const known: Record<string, string> = { campaign_id: ids.campaign, session_id: ids.endedSession, npc_id: ids.npc };
  for (const { name: column, insertable, required } of columns) {
    if (insertable && known[column] !== undefined) of[column] = known[column];
    else if (insertable && required) of[column] = 'Sample';
  }
  return Object.keys(of).length > 0 ? of : { [key]: keys[name] };
}

/** A change of one ordinary column. */
export function patchFor({ name, columns }: Pick<Relation, 'name' | 'columns'>): Record<string, unknown> {
  const patch = patches[name];
  if (patch) return patch;
  const text = columns.find((column) => column.type === 'text' && column.updatable && !column.name.endsWith('_id'));
  return { [(text ?? columns.find((column) => column.type === 'text') ?? columns[0]!).name]: 'Patched' };
}

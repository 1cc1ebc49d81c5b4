// As the role itself: each row of the other table, tried in the database by the role that the API takes. A statement of the API
// names a row by its columns, and so meets the policy for reading first; here the verb's own policy stands alone, row by row, and
// no guard that undoes a whole statement hides what it let through.
import type pg from 'pg';
import { asRoot, undone } from '../lib/database.ts';
import { outcomeFor } from './derive.ts';
import type { Case } from './engine.ts';
import { type Caller, relations } from './expectations.ts';
import { become, triedBy } from './role.ts';
import type { Planted } from './tables.ts';
import { patternsOf, seen, unreadableFor, victimOf, type World } from './world.ts';

interface Table {
  /** `schema.name` */
  name: string;
  /** Its rows say whose they are in `tenant_id`. */
  owned: boolean;
  readable: string[];
  /** Any column that could be written. */
  column: string;
}

const everybody = ['owner', 'dm', 'viewer', 'stranger', 'super', 'removed', 'newcomer', 'anon'] as const;
type Person = (typeof everybody)[number];
type Write = 'update' | 'delete';

/** Enough to meet each kind of row; the log has hundreds. */
const rowsPerTable = 20;

function tables(): Promise<Table[]> {
  return asRoot<Table & Record<string, unknown>>(
    `select format('%I.%I', n.nspname, c.relname) as name,
       bool_or(a.attname = 'tenant_id') as owned,
       coalesce(array_agg(quote_ident(a.attname) order by a.attnum)
         filter (where has_column_privilege('authenticated', c.oid, a.attnum, 'select')), '{}') as readable,
       (array_agg(quote_ident(a.attname) order by has_column_privilege('authenticated', c.oid, a.attnum, 'update') desc, a.attnum))[1] as column
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relkind in ('r', 'p') and not c.relispartition
       and (n.nspname in ('mgmt', 'public', 'private') or n.nspname = 'storage' and c.relname = 'objects'
         or n.nspname = 'realtime' and c.relname = 'messages')
     group by n.nspname, c.relname, c.oid order by 1`,
  );
}

export async function roleCases(world: World): Promise<Case[]> {
  return (await tables()).flatMap((table) =>
    everybody.map((caller): Case => ({
      object: table.name,
      what: `${caller} as the role itself`,
      run: () => undone((client) => attempt(world, table, caller, client)),
    })),
  );
}

async function attempt(world: World, table: Table, caller: Person, client: pg.ClientBase): Promise<string | undefined> {
  const victim = victimOf(world, caller);
  const read = await reads(world, table, caller, client);
  if (read !== undefined) return read;
  const away = await writes(world, table, caller, victim, ['update', 'delete'], client);
  if (away !== undefined || victim === world.tables.own) return away;
  return writes(world, table, caller, world.tables.own, withheldAtHome(world, table, caller), client);
}

/** What a member may not do to rows of the own table. */
function withheldAtHome(world: World, { name }: Table, caller: Person): Write[] {
  if (name === 'storage.objects' && caller !== 'viewer') return [];
  const lines = world.catalogue.relations.filter(({ source }) => source === name).map((shown) => relations[shown.name]);
  return (['update', 'delete'] as const).filter((verb) =>
    lines.every((line) => !line || outcomeFor(line, verb, caller) !== 'yes'),
  );
}

async function reads(
  world: World,
  { name, readable }: Table,
  caller: Person,
  client: pg.ClientBase,
): Promise<string | undefined> {
  await client.query('savepoint looked');
  await become(world, caller, client);
  const answer = await triedBy(
    client,
    `select json_agg(t)::text as text from (select ${readable.join(', ')} from ${name}) as t`,
  );
  await client.query('rollback to savepoint looked');
  if ('refusal' in answer) return answer.refusal === 'no grant' ? undefined : `reads: ${answer.refusal}`;
  const mark = seen(String(answer.rows[0]?.['text'] ?? ''), unreadableFor(world, caller));
  return mark === undefined ? undefined : `reads ${mark}`;
}

/** Root goes to a row, the caller acts on it: where the cursor stands no column is read. */
async function writes(
  world: World,
  { name, owned, column }: Table,
  caller: Caller & Person,
  planted: Planted,
  verbs: Write[],
  client: pg.ClientBase,
): Promise<string | undefined> {
  const condition = owned
    ? `tenant_id = ${client.escapeLiteral(planted.ids.tenant)}`
    : `t::text like any (array[${patternsOf(planted)
        .map((text) => client.escapeLiteral(text))
        .join(', ')}])`;
  const left = new Set(verbs);
  if (left.size === 0) return undefined;
  await client.query('savepoint opened');
  await client.query(
    `declare met no scroll cursor for select from ${name} as t where ${condition} limit ${rowsPerTable}`,
  );
  while (left.size > 0 && (await client.query('fetch next from met')).rowCount === 1) {
    await client.query('savepoint met_one');
    await become(world, caller, client);
    await client.query('savepoint became');
    for (const verb of left) {
      const statement = verb === 'update' ? `update ${name} set ${column} = default` : `delete from ${name}`;
      const answer = await triedBy(client, `${statement} where current of met`);
      await client.query('rollback to savepoint became');
      if ('refusal' in answer && answer.refusal === 'no grant') left.delete(verb);
      // Behind a policy nothing happens at all: what a constraint or a guard refuses has been reached.
      else if ('refusal' in answer) return `reaches a row by ${verb}: ${answer.refusal}`;
      else if (answer.rowCount !== 0) return `reaches a row by ${verb}`;
    }
    await client.query('rollback to savepoint met_one');
  }
  await client.query('rollback to savepoint opened');
  return undefined;
}

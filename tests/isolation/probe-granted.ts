// Whose a row is, nobody may write; were that right given one day, the policies would still have to refuse. So in a transaction that
// is undone it is given, and each table that people write is tried with rows of the other table.
import { asRoot, undone } from '../lib/database.ts';
import type { Case } from './engine.ts';
import { relations } from './expectations.ts';
import { become, literal, triedBy } from './role.ts';
import type { Planted } from './tables.ts';
import type { World } from './world.ts';

interface Written {
  name: string;
  verbs: string[];
  columns: string[];
}

const outsiders = ['owner', 'super'] as const;

function tables(): Promise<Written[]> {
  return asRoot<Written & Record<string, unknown>>(
    `select format('%I.%I', n.nspname, c.relname) as name, array_agg(distinct lower(p.cmd)) as verbs,
       (select array_agg(attname::text order by attnum) from pg_attribute
        where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = '') as columns
     from pg_policies p join pg_namespace n on n.nspname = p.schemaname
     join pg_class c on c.relnamespace = n.oid and c.relname = p.tablename
     where p.schemaname in ('public', 'mgmt') and 'authenticated' = any (p.roles) and p.cmd in ('INSERT', 'UPDATE')
     group by n.nspname, c.relname, c.oid order by 1`,
  );
}

export async function grantedCases(world: World): Promise<Case[]> {
  return (await tables()).flatMap((table) =>
    outsiders.map((caller): Case => ({
      object: table.name,
      what: `${caller} writes whose it is, were it granted`,
      run: () => attempt(world, table, caller),
    })),
  );
}

function attempt(
  world: World,
  { name, verbs, columns }: Written,
  caller: (typeof outsiders)[number],
): Promise<string | undefined> {
  const { own, foreign } = world.tables;
  // The owner of one table, and of none of these two.
  const [mine, theirs] = caller === 'owner' ? [own, foreign] : [foreign, own];
  return undone(async (client) => {
    const shown = world.catalogue.relations.find(({ source }) => source === name)!.name;
    const planted = ({ keys }: Planted): string => `${relations[shown]!.key}::text = ${literal(keys[shown])}`;
    const { rows } = await client.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) as row from ${name} as t where ${planted(theirs)}`,
    );
    const row = rows[0]?.row;
    if (!row) throw new Error(`No row of ${theirs.ids.tenant} in ${name}`);
    await client.query(`grant insert, update on ${name} to authenticated`);
    const tries: [string, string][] = [];
    const listed = columns.map((column) => `"${column}"`).join(', ');
    if (verbs.includes('insert')) {
      tries.push([
        'insert',
        `insert into ${name} (${listed}) select ${listed} from jsonb_populate_record(null::${name}, ${literal(row)})`,
      ]);
    }
    if (verbs.includes('update')) {
      await client.query(`declare home no scroll cursor for select from ${name} where ${planted(mine)}`);
      await client.query('fetch next from home');
      const moved = ['tenant_id', 'campaign_id'].filter((column) => columns.includes(column));
      // By a name that is free there, so that the policy is what refuses.
      const named = columns.includes('name') ? [`name = 'Moved ${crypto.randomUUID()}'`] : [];
      const set = [...moved.map((column) => `${column} = ${literal(row[column])}`), ...named].join(', ');
      if (caller === 'owner') tries.push(['update', `update ${name} set ${set} where current of home`]);
    }
    for (const [verb, sql] of tries) {
      await client.query('savepoint tried');
      await become(world, caller, client);
      const answer = await triedBy(client, sql);
      await client.query('rollback to savepoint tried');
      const said = 'refusal' in answer ? answer.refusal : `${answer.rowCount} rows`;
      if (!said.includes('row-level security')) return `${verb}: ${said}`;
    }
    return undefined;
  });
}

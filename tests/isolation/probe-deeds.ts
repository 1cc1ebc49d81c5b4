// What the matrix only asks for and is refused: deletions, hand-overs and links are really done here, in a transaction that is
// undone, and root looks inside it at what else has changed.
import type pg from 'pg';
import { type asRoot, undone } from '../lib/database.ts';
import { changesBetween, type Checksum, checksumOf } from './checksum.ts';
import { type Deed, deeds, type Doer } from './deeds.ts';
import { strays } from './deeds-strays.ts';
import type { Case } from './engine.ts';
import { become, callOf, type Tried, triedBy } from './role.ts';
import type { Tables } from './tables.ts';
import { patternsOf, seen, unreadableFor, type World } from './world.ts';

export function deedCases(world: World): Case[] {
  // Nothing that is undone changes it, so it is summed up once.
  let sum: Promise<Checksum> | undefined;
  const before = (): Promise<Checksum> => (sum ??= checksumOf(world.tables.foreign));
  const all = [deeds, strays].flatMap((some, among) =>
    Object.entries(some).map(([name, list]) => [name, list, ['', ' among strays'][among]!] as const),
  );
  return all.flatMap(([name, list, where]) =>
    list.map((deed, index): Case => ({
      object: deed.sql === undefined ? `${name}()` : name,
      what: `${deed.by} really does it${where} (${index + 1})`,
      run: async () => {
        const untouched = await before();
        return undone((client) => done(world, name, deed, untouched, client));
      },
    })),
  );
}

async function done(
  world: World,
  name: string,
  deed: Deed,
  untouched: Checksum,
  client: pg.ClientBase,
): Promise<string | undefined> {
  const { tables } = world;
  const { own, foreign } = tables;
  const inside = (async (sql: string, values: unknown[] = []) =>
    (await client.query(sql, values)).rows) as typeof asRoot;
  await client.query(`update public.tenants set name = 'The own table' where id = $1`, [own.ids.tenant]);
  if (!deed.onAir) {
    await client.query(
      `update public.sessions set state = 'ended', ended_at = private.now() where tenant_id = $1 and state <> 'ended'`,
      [own.ids.tenant],
    );
  }
  if (deed.before) await client.query(deed.before(own.ids, tables));
  const args = deed.args?.(own.ids, tables) ?? {};
  const ask = async (): Promise<Tried> => {
    await client.query('savepoint asked');
    await become(world, deed.by, client);
    return triedBy(client, deed.sql?.(tables) ?? callOf(name, args));
  };
  let apart: string | undefined;
  if (deed.same) {
    apart = textOf(await ask());
    await client.query('rollback to savepoint asked');
  }
  if (deed.elsewhere) await client.query(deed.elsewhere(tables));
  const unchanged = deed.elsewhere ? await checksumOf(foreign, inside) : untouched;
  const spared = deed.concerns === 'everybody' ? [] : others(tables, [deed.by, ...(deed.concerns ?? [])]);
  const before = await personal(spared, client);
  const answer = await ask();
  const text = textOf(answer);
  if (apart !== undefined && text !== apart) return `answered ${text.slice(0, 200)} instead of ${apart.slice(0, 200)}`;
  if (deed.answer ? !deed.answer.test(text) : 'refusal' in answer) return `answered ${text.slice(0, 200)}`;
  if ('refusal' in answer) return undefined;
  // Whoever is not of the table is just joining it.
  const unreadable = ['owner', 'dm', 'viewer'].includes(deed.by) ? unreadableFor(world, deed.by) : [];
  const mark = seen(text, unreadable, [...Object.values(args).map(String), ...(deed.known?.(tables) ?? [])]);
  if (mark !== undefined) return `shows ${mark}`;
  await client.query(`select set_config('role', 'postgres', true)`);
  const changes = changesBetween(unchanged, await checksumOf(foreign, inside));
  if (changes.length > 0) return `changed the other table’s ${changes.join(', ')}`;
  const { rowCount } = await client.query(
    'select from private.tenant_deletions as t where tenant_id = $1 and t::text like any ($2)',
    [own.ids.tenant, patternsOf(foreign)],
  );
  if (rowCount !== 0) return 'deletes what is the other table’s';
  if (deed.wrong && (await client.query(deed.wrong(own.ids, tables))).rowCount !== 0) return 'left what is wrong';
  return (await personal(spared, client)) === before ? undefined : 'changed what belongs to another member';
}

const textOf = (answer: Tried): string =>
  'refusal' in answer ? answer.refusal : String(answer.rows[0]?.['answer'] ?? '');

function others(tables: Tables, except: Doer[]): string[] {
  return (['owner', 'dm', 'viewer', 'removed'] as const)
    .filter((one) => !except.includes(one))
    .map((one) => tables[one].userId);
}

/** Accounts, sign-ins and what else is a person's own. */
async function personal(users: string[], client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ sum: string }>(
    `select concat(
       (select string_agg(to_jsonb(t)::text, '' order by id) from auth.users as t where id = any ($1)),
       (select string_agg(to_jsonb(t)::text, '' order by id) from auth.sessions as t where user_id = any ($1)),
       (select string_agg(to_jsonb(t)::text, '' order by id) from mgmt.users as t where id = any ($1)),
       (select string_agg(to_jsonb(t)::text, '' order by user_id) from mgmt.user_preferences as t where user_id = any ($1)),
       (select string_agg(to_jsonb(t)::text, '' order by id) from mgmt.notifications as t
         -- What the deed itself tells them is news, not theirs.
         where user_id = any ($1) and created_at < pg_catalog.now())
     ) as sum`,
    [users],
  );
  return rows[0]!.sum;
}

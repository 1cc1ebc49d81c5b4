// Whether the other table is there makes no difference: in one transaction everything is asked by a member, then asked again when
// root has changed the other table, and when it is removed whole. Counts, limits, free names, errors and silence have to agree, not only rows.
import type pg from 'pg';
import { asRoot, undone } from '../lib/database.ts';
import { answersFor, outcomeFor } from './derive.ts';
import type { Case } from './engine.ts';
import { type Caller, functions, relations } from './expectations.ts';
import { sampleFor } from './planting.ts';
import { become, callOf, literal, triedBy } from './role.ts';
import type { World } from './world.ts';

const members = ['owner', 'dm', 'viewer'] as const;
type Member = (typeof members)[number];

interface Question {
  object: string;
  sql: string;
}

export async function presenceCases(world: World, only: (object: string) => boolean): Promise<Case[]> {
  const texts = await textsOfOthers(world, only);
  return members.flatMap((caller) => {
    const questions = questionsOf(world, caller, texts).filter(({ object }) => only(object));
    let asked: Promise<Map<string, string>> | undefined;
    return [...new Set(questions.map(({ object }) => object))].map((object): Case => ({
      object,
      what: `${caller} with and without the other table`,
      run: async () => (await (asked ??= askTwice(world, caller, questions))).get(object),
    }));
  });
}

/** By relation: what the other table's row says in columns that a person fills in. */
async function textsOfOthers(
  { catalogue, tables }: World,
  only: (object: string) => boolean,
): Promise<Map<string, Record<string, unknown>>> {
  const found = catalogue.relations
    .filter(({ name }) => relations[name]?.insert.owner === 'yes' && only(name))
    .map(async ({ name, columns }): Promise<[string, Record<string, unknown>]> => {
      const [other] = await asRoot<{ row: Record<string, unknown> }>(
        `select to_jsonb(t) as row from mgmt.${name} as t where tenant_id = $1 order by to_jsonb(t) ->> 'created_at' desc limit 1`,
        [tables.foreign.ids.tenant],
      );
      const written = columns.filter(
        ({ name, type, insertable }) => insertable && type === 'text' && !name.endsWith('_id'),
      );
      return [name, Object.fromEntries(written.map((column) => [column.name, other?.row[column.name]]))];
    });
  return new Map(await Promise.all(found));
}

function questionsOf(world: World, caller: Member, texts: Map<string, Record<string, unknown>>): Question[] {
  const { own, foreign, stranger } = world.tables;
  return [
    ...world.catalogue.relations.flatMap((relation): Question[] => {
      const { name, columns } = relation;
      const line = relations[name];
      if (!line) return [];
      const readable = columns.filter((column) => column.readable).map((column) => `"${column.name}"`);
      const read = `select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text), '[]')::text as answer
        from (select ${readable.join(', ')} from mgmt.${name}) as t`;
      if (outcomeFor(line, 'insert', caller) !== 'yes') return [{ object: name, sql: read }];
      // A row like the other table's in all that a person writes: what is taken there is free here.
      const sample = Object.entries(sampleFor(relation, line.key, own)).map(
        ([column, value]) => [column, texts.get(name)?.[column] ?? value] as const,
      );
      return [
        { object: name, sql: read },
        {
          object: name,
          sql: `insert into mgmt.${name} (${sample.map(([column]) => `"${column}"`).join(', ')})
            values (${sample.map(([, value]) => literal(value)).join(', ')}) returning 'taken' as answer`,
        },
      ];
    }),
    ...Object.entries(functions)
      .filter(([, line]) => !answersFor(line, caller).includes('no grant'))
      .map(([name, { args }]) => ({ object: `${name}()`, sql: callOf(name, args?.(own.ids) ?? {}) })),
    {
      object: 'request_session()',
      sql: callOf('request_session', {
        ...functions['request_session']!.args!(own.ids),
        idempotency_key: foreign.ids.request,
      }),
    },
    {
      object: 'import_campaign()',
      sql: callOf('import_campaign', {
        bundle: { format: 'glyphoxa.campaign', version: 1, campaign: { name: `Elsewhere of ${foreign.ids.tenant}` } },
      }),
    },
    // Whoever belongs elsewhere is invited like anybody.
    ...[{ discord_id: stranger.person.id }, { email: stranger.person.email }].map((person) => ({
      object: 'create_invite()',
      sql: callOf('create_invite', { role: 'viewer', ...person }),
    })),
  ];
}

/** What differs, by object. */
async function askTwice(world: World, caller: Caller & Member, questions: Question[]): Promise<Map<string, string>> {
  return undone(async (client) => {
    const askAll = async () => {
      const answers: string[] = [];
      for (const { sql } of questions) answers.push(await ask(world, caller, sql, client));
      return answers;
    };
    const before = await askAll();
    const wrong = new Map<string, string>();
    for (const change of [changeOther, removeOther]) {
      await change(world, client);
      const after = await askAll();
      for (const [index, { object }] of questions.entries()) {
        if (before[index] !== after[index]) wrong.set(object, difference(before[index]!, after[index]!));
      }
    }
    return wrong;
  });
}

async function ask(world: World, caller: Member, sql: string, client: pg.ClientBase): Promise<string> {
  await client.query('savepoint asked');
  await become(world, caller, client);
  const answer = await triedBy(client, sql);
  await client.query('rollback to savepoint asked');
  const text = 'refusal' in answer ? answer.refusal : String(answer.rows[0]?.['answer'] ?? '');
  return 'refusal' in answer ? lasting(text) : JSON.stringify(comparable(parsed(text)));
}

function parsed(text: string): unknown {
  return /^[[{]/.test(text) ? (JSON.parse(text) as unknown) : text;
}

/** Without what each call makes anew (ids, secrets of links, numbers of rows), and lists in one order. */
function comparable(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return lasting(value);
  if (typeof value === 'number' && key === 'id') return '<new>';
  if (Array.isArray(value)) return value.map((one) => comparable(one)).sort(byText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, comparable(one, name)]));
}

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

const lasting = (text: string): string => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{43}=?/g, '<new>');

/** Storage's own guard lets only who says so remove the rows of files. */
async function removeFiles(tenant: string, client: pg.ClientBase): Promise<void> {
  await client.query(`select set_config('storage.allow_delete_query', 'true', true)`);
  await client.query(`delete from storage.objects where split_part(name, '/', 1) = $1`, [tenant]);
}

/** Another plan, another name, no files. */
async function changeOther({ tables }: World, client: pg.ClientBase): Promise<void> {
  const { tenant } = tables.foreign.ids;
  await client.query(`update mgmt.subscriptions set plan_id = 'apprentice' where tenant_id = $1`, [tenant]);
  await client.query(`update public.tenants set name = 'Another name' where id = $1`, [tenant]);
  await removeFiles(tenant, client);
}

/** As the job tenant.delete ends it. */
async function removeOther({ tables }: World, client: pg.ClientBase): Promise<void> {
  const { tenant } = tables.foreign.ids;
  await client.query(
    `insert into private.tenant_deletions (tenant_id, name, asked_by, members, asked_at, stripe_customers)
     values ($1, 'Removed', null, '{}', private.now(), '{}')`,
    [tenant],
  );
  const { rows } = await client.query<{ done: boolean }>('select private.purge_tenant($1) as done', [tenant]);
  if (!rows[0]!.done) throw new Error('The other table was not removed.');
}

function difference(before: string, after: string): string {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at++;
  const near = (text: string): string => text.slice(Math.max(0, at - 40), at + 60);
  return `before: …${near(before)}…, then: …${near(after)}…`;
}

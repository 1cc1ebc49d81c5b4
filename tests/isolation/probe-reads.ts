// Reading sideways: filters, counts, order, formats, embeds and JSON paths that could show a foreign row, or that there is one.
import { asRoot } from '../lib/database.ts';
import type { Answer } from '../lib/requests.ts';
import type { Column, Relation } from './catalogue.ts';
import { isShared } from './derive.ts';
import type { Case } from './engine.ts';
import { relations } from './expectations.ts';
import { call, marksOf, seen, shapeOf, unknownLike, unreadableFor, victimOf, type World } from './world.ts';

const everybody = ['owner', 'dm', 'viewer', 'stranger', 'super', 'removed', 'newcomer', 'anon'] as const;
/** The highest role looks across, and a token that once was good looks in. */
const readers = ['owner', 'removed'] as const;

/** Of the objects wanted: each asks root for its foreign row. */
export async function readCases(world: World, only: (object: string) => boolean): Promise<Case[]> {
  const guarded = world.catalogue.relations.filter(({ name }) => relations[name] && !isShared(relations[name]));
  const wanted = guarded.filter(({ name }) => only(name));
  const filters = await Promise.all(wanted.map((relation) => filterCases(world, relation)));
  return [
    ...wanted.flatMap((relation) => formCases(world, relation)),
    ...filters.flat(),
    ...wanted.flatMap((relation) => embedCases(world, relation, guarded)),
  ];
}

/** Every form of an answer: rows, CSV, ranges, counts, aggregates, refusals. */
function formCases(world: World, { name }: Relation): Case[] {
  const { key } = relations[name]!;
  const path = `/rest/v1/${name}`;
  return everybody.flatMap((caller) => {
    const victim = victimOf(world, caller);
    const marks = unreadableFor(world, caller);
    const id = victim.keys[name] ?? '';
    const cases: Case[] = [];
    const add = (what: string, run: Case['run']) => cases.push({ object: name, what: `${caller} ${what}`, run });
    const look = (query: string, headers: Record<string, string> = {}) =>
      call(world, caller, `${path}?${query}`, { headers });

    add('reads everything in reach', async () => leaked(await look('select=*'), marks));
    if (caller === 'dm' || caller === 'super' || caller === 'newcomer') return cases;
    add('cannot tell a foreign key from none', async () => {
      const none = unknownLike(id);
      const shapes = await Promise.all(
        [id, none].map(async (value) => shapeOf(await look(`${key}=eq.${encodeURIComponent(value)}`), [id, none])),
      );
      return shapes[0] === shapes[1] ? undefined : `foreign: ${shapes[0]}, none: ${shapes[1]}`;
    });
    // A planned count and an estimated one come about alike.
    const reads = caller === 'owner' || caller === 'removed';
    for (const count of ['exact', 'planned', ...(reads ? ['estimated'] : [])]) {
      add(`counts (${count}) a foreign row`, async () => {
        const [method, headers] = [count === 'exact' ? 'GET' : 'HEAD', { prefer: `count=${count}` }];
        const query = `select=${key}&${key}=eq.${encodeURIComponent(id)}`;
        const answer = await call(world, caller, `${path}?${query}`, { method, headers });
        const total = answer.headers.get('content-range')?.split('/')[1];
        return answer.status < 300 && total !== '0' && total !== '*' ? `a total of ${total}` : undefined;
      });
    }
    if (!reads) return cases;
    add('reads everything as CSV', async () => leaked(await look('select=*', { accept: 'text/csv' }), marks));
    add('takes a range beyond the own rows', async () =>
      leaked(await look(`select=*&order=${key}.desc`, { range: '0-999', 'range-unit': 'items' }), marks),
    );
    for (const aggregate of ['count()', `${key}.max()`, `n:${key}.count()`]) {
      add(`aggregates ${aggregate}`, async () => {
        const answer = await look(`select=${aggregate}&${key}=eq.${encodeURIComponent(id)}`);
        return answer.status < 300 && /[1-9]/.test(answer.text.replaceAll(/"\w+":/g, '')) ? answer.text : undefined;
      });
    }
    return cases;
  });
}

/** A foreign row's values in every operator: all columns in one alternative, and each alone where the alternative is refused. */
async function filterCases(world: World, relation: Relation): Promise<Case[]> {
  const { name } = relation;
  const cases = readers.map(async (caller) => {
    const victim = victimOf(world, caller);
    const marks = marksOf(victim);
    const [found] = await asRoot<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) as row from mgmt.${name} as t where ${relations[name]!.key}::text = $1`,
      [victim.keys[name] ?? ''],
    );
    const row = found?.row ?? {};
    const look = async (query: string) => call(world, caller, `/rest/v1/${name}?select=*&${query}`);
    return Object.entries(operators)
      .map(([what, write]): Case => ({
        object: name,
        what: `${caller} filters every column by ${what}`,
        run: async () => {
          const conditions = relation.columns.flatMap((column) => write(column, row[column.name]));
          if (conditions.length === 0) return undefined;
          const together = await look(`or=(${conditions.join(',')})`);
          if (together.status < 400) return leaked(together, marks);
          for (const condition of conditions) {
            const wrong = leaked(await look(`or=(${condition})`), marks, condition);
            if (wrong !== undefined) return `${condition}: ${wrong}`;
          }
          return undefined;
        },
      }))
      .concat(
        relation.columns.flatMap(({ name: column, type }) =>
          (type === 'jsonb' ? [`${column}->>a`, `${column}->0`] : column.endsWith('_at') ? [column] : []).map((by) => ({
            object: name,
            what: `${caller} orders by ${by}`,
            run: async () => leaked(await look(`order=${by}.desc.nullslast`), marks),
          })),
        ),
      );
  });
  return (await Promise.all(cases)).flat();
}

type Write = (column: Column, value: unknown) => string[];

/** Conditions inside `or=()`, where a value stands in quotes. */
const operators: Record<string, Write> = {
  'its value': ({ name }, value) => (value == null ? [] : [`${name}.eq.${quoted(value)}`]),
  'a list with its value': ({ name }, value) => (value == null ? [] : [`${name}.in.(${quoted(value)})`]),
  'what is at least its value': ({ name }, value) =>
    value == null || typeof value === 'object' ? [] : [`${name}.gte.${quoted(value)}`],
  'null and not null': ({ name }) => [`${name}.is.null`, `${name}.not.is.null`],
  'a pattern': ({ name, type }) =>
    type === 'text' ? [`${name}.like.*`, `${name}.ilike.*a*`, `${name}.match.".*"`] : [],
  'its words': ({ name, type }) => (type === 'text' ? [`${name}.fts.planted`, `${name}.wfts.planted`] : []),
  'what it holds': ({ name, type }) => (type === 'jsonb' || type.endsWith('[]') ? [`${name}.cs.{}`] : []),
  'a path in it': ({ name, type }) => (type === 'jsonb' ? [`${name}->>a.is.null`, `${name}->0.not.is.null`] : []),
};

function quoted(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return encodeURIComponent(`"${text.replaceAll(/["\\]/g, '\\$&')}"`);
}

/** Every foreign key in both directions, also between views, with hint and inner join, filtered by the foreign row. */
function embedCases(world: World, relation: Relation, all: Relation[]): Case[] {
  const parents = relation.foreignKeys.flatMap(({ name: hint, target }) =>
    all.filter(({ source }) => source === target).map((parent) => ({ parent, hint })),
  );
  return parents.flatMap(({ parent, hint }) =>
    readers.flatMap((caller) => {
      const victim = victimOf(world, caller);
      const marks = marksOf(victim);
      const [childKey, parentKey] = [relations[relation.name]!.key, relations[parent.name]!.key];
      const [child, above] = [victim.keys[relation.name], victim.keys[parent.name]].map((id) =>
        encodeURIComponent(id ?? ''),
      );
      const paths = [
        `${relation.name}?select=*,${parent.name}(*)`,
        `${relation.name}?select=*,${parent.name}!inner(*)&${parent.name}.${parentKey}=eq.${above}`,
        `${relation.name}?select=*,...${parent.name}!${hint}(*)`,
        `${parent.name}?select=*,${relation.name}!${hint}(*)&${parentKey}=eq.${above}`,
        `${parent.name}?select=*,${relation.name}!${hint}!inner(*)&${relation.name}.${childKey}=eq.${child}`,
        `${parent.name}?select=${parentKey},${relation.name}!${hint}(count)&${parentKey}=eq.${above}`,
      ];
      return paths.map((path) => ({
        object: relation.name,
        what: `${caller} embeds ${path}`,
        run: async () => leaked(await call(world, caller, `/rest/v1/${path}`), marks, path),
      }));
    }),
  );
}

/** An answer holds no foreign mark, in text and headers; a refusal only what was asked for. */
function leaked({ status, text, headers }: Answer<unknown>, marks: readonly string[], asked = ''): string | undefined {
  if (status >= 500) return `answered ${status}: ${text.slice(0, 200)}`;
  // content-location repeats the question.
  const told = [...headers].filter(([name]) => name !== 'content-location').map(([, value]) => value);
  const repeated = decodeURIComponent(asked);
  const mark =
    seen([...told, ...(status < 300 ? [text] : [])].join('\n'), marks) ??
    seen(
      status < 300 ? '' : text,
      marks,
      marks.filter((one) => repeated.includes(one)),
    );
  return mark === undefined ? undefined : `shows ${mark}`;
}

// The matrix of tables and views: every caller, every verb, on the row of Alice's table.
import { asRoot } from '../lib/database.ts';
import type { Answer } from '../lib/requests.ts';
import type { Relation } from './catalogue.ts';
import { outcomeFor } from './derive.ts';
import { type Case, differs } from './engine.ts';
import { type Caller, callers, type Expectation, type Outcome, relations, type Verb, verbs } from './expectations.ts';
import { patchFor, sampleFor } from './planting.ts';
import { type ApiError, call, callJson, unknownIds, unknownLike, type World } from './world.ts';

export type Observed = Record<string, Partial<Record<Caller, string>>>;

/** When a try may be made: denied ones change nothing, so they run first and together. */
export type Phase = 'denied' | 'members' | 'outsiders' | 'last';

export interface MatrixCase extends Case {
  phase: Phase;
}

const isMember = (caller: Caller): boolean => ['owner', 'dm', 'viewer'].includes(caller);

export function matrixCases(world: World, observed: Observed): MatrixCase[] {
  return world.catalogue.relations.flatMap((relation) => {
    const line = relations[relation.name];
    if (!line) return [];
    return verbs.flatMap((verb) =>
      callers.map((caller): MatrixCase => {
        const expected = outcomeFor(line, verb, caller);
        const writes = verb !== 'select' && expected === 'yes';
        return {
          object: relation.name,
          what: `${caller} ${verb}`,
          phase: !writes || caller === 'service' ? 'denied' : isMember(caller) ? 'members' : 'outsiders',
          run: async () => {
            const outcome =
              caller === 'service' && verb !== 'select'
                ? await admitted(world, relation, line, verb)
                : await attempt(world, relation, line, verb, caller);
            (observed[`${relation.name} ${verb}`] ??= {})[caller] = outcome;
            return differs(outcome, expected);
          },
        };
      }),
    );
  });
}

/** A new row that is not asked back is judged by the policy for adding alone. */
export function blindInsertCases(world: World): MatrixCase[] {
  return world.catalogue.relations.flatMap((relation) => {
    const { name } = relation;
    const line = relations[name];
    if (!line || line.insert.owner !== 'yes') return [];
    return callers
      .filter((caller) => caller !== 'service' && outcomeFor(line, 'insert', caller) !== 'yes')
      .map((caller): MatrixCase => ({
        object: name,
        what: `${caller} insert without an answer`,
        phase: 'denied',
        run: async () => {
          const row = sampleFor(relation, line.key, world.tables.own);
          const { status } = await callJson(world, caller, 'POST', `/rest/v1/${name}`, row, {
            prefer: 'return=minimal',
          });
          return status < 300 ? 'was taken' : undefined;
        },
      }));
  });
}

/** Without filter and answer a write is judged by its own policy alone, not by the one for reading. */
export function blindCases(world: World): MatrixCase[] {
  return world.catalogue.relations.flatMap(({ name, ...relation }) => {
    const line = relations[name];
    if (!line) return [];
    const patch = patchFor({ name, ...relation });
    // The secret key is no person: what it may write, it may write everywhere.
    return callers
      .filter((caller) => caller !== 'service')
      .flatMap((caller) =>
        (['update', 'delete'] as const).flatMap((verb): MatrixCase[] => {
          // A stranger who may write at home does so to all rows in reach, which must be their own.
          const expected = line[verb].owner === 'yes' && caller === 'stranger' ? 'yes' : outcomeFor(line, verb, caller);
          if (expected === 'yes' && caller !== 'stranger') return [];
          return [
            {
              object: name,
              what: `${caller} ${verb} of all rows in reach`,
              phase: expected === 'yes' ? 'outsiders' : 'denied',
              run: async () => {
                const atHome = await rowsAtHome(world, { name, ...relation }, verb, caller);
                const answer =
                  verb === 'update'
                    ? await callJson(world, caller, 'PATCH', `/rest/v1/${name}`, patch, { prefer: 'count=exact' })
                    : await call(world, caller, `/rest/v1/${name}`, {
                        method: 'DELETE',
                        headers: { prefer: 'count=exact' },
                      });
                return beyond(caller, atHome, answer);
              },
            },
          ];
        }),
      );
  });
}

/** Rows that a write of everything in reach may meet: those at home of somebody who may write there. */
async function rowsAtHome(world: World, { name, columns }: Relation, verb: Verb, caller: Caller): Promise<number> {
  if (caller !== 'super' && caller !== 'stranger') return 0;
  if (relations[name]?.[verb].owner !== 'yes' || !columns.some((column) => column.name === 'tenant_id')) return 0;
  const [row] = await asRoot<{ rows: number }>(
    `select count(*)::int as rows from mgmt.${name} as t
     where t.tenant_id = (select tenant_id from mgmt.users where id = $1)`,
    [world.tables[caller].userId],
  );
  return row!.rows;
}

function beyond(caller: Caller, atHome: number, answer: Answer<unknown>): string | undefined {
  const { status, text, headers } = answer;
  if (outcomeOf(answer) === 'no grant') return undefined;
  if (status >= 300) {
    // A guard speaks only of rows that were reached: at home Mallory has some that are guarded, nobody else has any.
    return caller === 'stranger' && status < 500 ? undefined : `answered ${status}: ${text.slice(0, 200)}`;
  }
  const changed = Number(headers.get('content-range')?.split('/')[1]);
  return changed <= atHome ? undefined : `${changed} rows instead of ${atHome}`;
}

async function attempt(
  world: World,
  relation: Relation,
  { key }: Expectation,
  verb: Verb,
  caller: Caller,
): Promise<string> {
  const { own } = world.tables;
  const id = own.keys[relation.name] ?? '';
  const path = `/rest/v1/${relation.name}`;
  const row = `${path}?${key}=eq.${encodeURIComponent(id)}`;
  const back = { prefer: 'return=representation' };
  switch (verb) {
    case 'select':
      return outcomeOf(await call(world, caller, `${row}&select=*`));
    case 'insert': {
      const answer = await callJson(world, caller, 'POST', path, sampleFor(relation, key, own), back);
      for (const added of rowsOf(answer)) await remove(relation, key, added[key]);
      return outcomeOf(answer);
    }
    case 'update':
      return outcomeOf(await callJson(world, caller, 'PATCH', row, patchFor(relation), back));
    case 'delete': {
      const [before] = await asRoot<{ row: object }>(
        `select to_jsonb(t) as row from ${relation.source} as t where ${key}::text = $1`,
        [id],
      );
      const answer = await call(world, caller, row, { method: 'DELETE', headers: back });
      if (before && rowsOf(answer).length > 0) await putBack(relation.source, before.row);
      return outcomeOf(answer);
    }
  }
}

/** The secret key's rights, tried so that nothing comes of it: on a row that nobody has, and by a row without its key. */
async function admitted(
  world: World,
  { name, ...relation }: Relation,
  { key }: Expectation,
  verb: Verb,
): Promise<string> {
  const path = `/rest/v1/${name}`;
  const row = `${path}?${key}=is.null`;
  const { own } = world.tables;
  const nobody = { ids: unknownIds(own.ids), keys: { [name]: unknownLike(own.keys[name] ?? '') } };
  const answer =
    verb === 'insert'
      ? await callJson(world, 'service', 'POST', path, sampleFor({ name, ...relation }, key, nobody), {
          prefer: 'return=representation',
        })
      : verb === 'update'
        ? await callJson(world, 'service', 'PATCH', row, patchFor({ name, ...relation }))
        : await call(world, 'service', row, { method: 'DELETE' });
  for (const added of rowsOf(answer)) await remove({ name, ...relation }, key, added[key]);
  const outcome = outcomeOf(answer);
  return outcome === 'nothing' || outcome === 'policy' || outcome.startsWith('23') ? 'yes' : outcome;
}

export function rowsOf({ status, body }: Answer<unknown>): Record<string, unknown>[] {
  return status < 300 && Array.isArray(body) ? (body as Record<string, unknown>[]) : [];
}

export function outcomeOf(answer: Answer<unknown>): Outcome | string {
  if (answer.status < 300) return rowsOf(answer).length > 0 ? 'yes' : 'nothing';
  const { code, message } = (answer.body ?? {}) as ApiError;
  if (code === '42501') return message?.includes('row-level security') ? 'policy' : 'no grant';
  // A view over a function takes no writes from anybody.
  if (code === '55000') return 'no grant';
  // A key that leads to a foreign row is refused like a key that leads nowhere.
  if (code === '23503') return 'policy';
  return `${code ?? answer.status} ${message ?? answer.text.slice(0, 120)}`;
}

/** Plants a deleted row again as it was; generated columns make themselves. */
async function putBack(table: string, row: object): Promise<void> {
  const columns = await asRoot<{ attname: string }>(
    `select quote_ident(attname) as attname from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  const names = columns.map(({ attname }) => attname).join(', ');
  await asRoot(
    `insert into ${table} (${names}) overriding system value select ${names} from jsonb_populate_record(null::${table}, $1)
     on conflict do nothing`,
    [row],
  );
}

export async function remove({ source }: Relation, key: string, id: unknown): Promise<void> {
  await asRoot(`delete from ${source} where ${key}::text = $1`, [String(id)]);
}

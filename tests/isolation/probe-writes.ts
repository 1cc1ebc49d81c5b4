// Writing sideways: foreign ids in every writable key, rows moved across, and upserts onto a foreign row.
import { asRoot } from '../lib/database.ts';
import type { Relation } from './catalogue.ts';
import type { Case } from './engine.ts';
import { type Caller, relations } from './expectations.ts';
import { outcomeOf, remove, rowsOf } from './matrix.ts';
import { patchFor, sampleFor } from './planting.ts';
import type { Planted } from './tables.ts';
import { call, callJson, shapeOf, unknownIds, unknownLike, type World } from './world.ts';

const back = { prefer: 'return=representation' };
/** Columns that say whose a row is. */
const movers = ['tenant_id', 'campaign_id', 'session_id', 'user_id', 'id'];

/** By those who may write at home: what works changes their own rows only. */
export function writeCases(world: World): Case[] {
  return world.catalogue.relations
    .filter(({ name }) => relations[name])
    .flatMap((relation) => casesOf(world, relation, 'owner'));
}

function casesOf(world: World, relation: Relation, caller: Caller): Case[] {
  const { name } = relation;
  const { key } = relations[name]!;
  const { own, foreign } = world.tables;
  const path = `/rest/v1/${name}`;
  const cases: Case[] = [];
  const add = (what: string, run: Case['run']) => cases.push({ object: name, what: `${caller} ${what}`, run });
  const ownRow = `${path}?${key}=eq.${encodeURIComponent(own.keys[name] ?? '')}`;
  const foreignRow = `${path}?${key}=eq.${encodeURIComponent(foreign.keys[name] ?? '')}`;

  for (const method of ['PATCH', 'DELETE']) {
    const init = method === 'PATCH' ? { body: JSON.stringify(patchFor(relation)) } : {};
    add(`${method} of a foreign row`, async () => {
      const headers = { ...back, 'content-type': 'application/json' };
      const outcome = outcomeOf(await call(world, caller, foreignRow, { method, headers, ...init }));
      return outcome === 'yes' ? 'changed it' : undefined;
    });
  }

  const sample = sampleFor(relation, key, own);
  const theirs = sampleFor(relation, key, foreign);
  const none = sampleFor(relation, key, { ids: unknownIds(own.ids), keys: {} });
  for (const column of idColumns(relation, theirs, foreign)) {
    const values = theirs[column] ?? foreignIdFor(relation, column, foreign);
    const unknown = none[column] ?? unknownLike(String(values));
    add(`inserts with a foreign ${column}`, async () => {
      const [theirAnswer, noAnswer] = [
        await callJson(world, caller, 'POST', path, { ...sample, [column]: values }, back),
        await callJson(world, caller, 'POST', path, { ...sample, [column]: unknown }, back),
      ];
      for (const row of [...rowsOf(theirAnswer), ...rowsOf(noAnswer)]) await remove(relation, key, row[key]);
      if (outcomeOf(theirAnswer) === 'yes') return 'was taken';
      return unlike(shapeOf(theirAnswer, texts(values, unknown)), shapeOf(noAnswer, texts(values, unknown)));
    });
    add(`moves a row by ${column}`, async () => {
      const [theirAnswer, noAnswer] = [
        await callJson(world, caller, 'PATCH', ownRow, { [column]: values }, back),
        await callJson(world, caller, 'PATCH', ownRow, { [column]: unknown }, back),
      ];
      if (outcomeOf(theirAnswer) === 'yes') return 'was moved';
      return unlike(shapeOf(theirAnswer, texts(values, unknown)), shapeOf(noAnswer, texts(values, unknown)));
    });
    add(`moves a row blindly by ${column}`, async () => {
      // No row is named or asked back: only the policy for updates decides.
      const { status } = await callJson(world, caller, 'PATCH', path, { [column]: values });
      if (status >= 300) return undefined;
      const [row] = await asRoot(`select from mgmt.${name} where ${key}::text = $1 and ${column}::text = $2`, [
        own.keys[name],
        String(values),
      ]);
      return row ? 'was moved' : undefined;
    });
  }

  for (const resolution of ['merge-duplicates', 'ignore-duplicates']) {
    add(`upserts (${resolution}) onto a foreign key`, async () => {
      const headers = { prefer: `return=representation,resolution=${resolution}` };
      const shapes: string[] = [];
      const [id, unknown] = [foreign.keys[name] ?? '', unknownLike(foreign.keys[name] ?? '')];
      for (const value of [id, unknown]) {
        const answer = await callJson(
          world,
          caller,
          'POST',
          `${path}?on_conflict=${key}`,
          { ...sample, [key]: value },
          headers,
        );
        if (value === id && outcomeOf(answer) === 'yes') return 'was taken';
        for (const row of rowsOf(answer)) await remove(relation, key, row[key]);
        shapes.push(shapeOf(answer, [id, unknown]));
      }
      return unlike(shapes[0]!, shapes[1]!);
    });
  }
  return cases;
}

/** Columns that name rows: foreign keys, those whose sample holds an id of the other table, and who a row belongs to. */
function idColumns({ columns, foreignKeys }: Relation, theirs: Record<string, unknown>, victim: Planted): string[] {
  const existing = new Set(columns.map(({ name }) => name));
  const keys = foreignKeys.filter(({ target }) => target !== 'mgmt.subscription_plans').flatMap((key) => key.columns);
  const ids = new Set<unknown>(Object.values(victim.ids));
  const naming = Object.keys(theirs).filter((name) => ids.has(theirs[name]));
  return [...new Set([...keys, ...naming, ...movers])].filter((name) => existing.has(name));
}

function foreignIdFor({ name, foreignKeys }: Relation, column: string, { ids, keys }: Planted): string {
  const known: Record<string, string> = {
    tenant_id: ids.tenant,
    campaign_id: ids.campaign,
    session_id: ids.endedSession,
    user_id: ids.user,
  };
  const target = foreignKeys.find(({ columns }) => columns.includes(column))?.target.split('.')[1];
  return known[column] ?? (target === undefined ? undefined : keys[target]) ?? keys[name] ?? ids.tenant;
}

const texts = (...values: unknown[]): string[] => values.map(String);

function unlike(foreign: string, none: string): string | undefined {
  return foreign === none ? undefined : `foreign: ${foreign}, none: ${none}`;
}

// One entry of the knowledge map with where it comes from, and the map's filters.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asGateway, closeDatabase } from '../lib/database.ts';
import { call, type ContentTable, newContentTable, play, refusal, setPlan } from './table.ts';

interface Graph {
  counts: { entities: number; relationships: number };
  matches: number;
  entities: { id: string; attributes?: object }[];
  relationships: { rel_type: string }[];
}
interface Entry {
  name: string;
  links: number;
  attributes?: object;
  relationships: {
    rel_type: string;
    other: { name: string };
    heard?: { line_id: number | null; text: string } | null;
  }[];
}

let table: ContentTable;
let session: string;
let foreignSession: string;

beforeAll(async () => {
  table = await newContentTable();
  session = await play(table.tenant, table.campaign, [{ text: 'I trust no guard.', by: 'Greta', npc: true }]);
  foreignSession = await play(table.foreign.tenant, table.foreign.campaign, [{ text: 'A foreign word.' }]);
  const schema = `tenant_${table.tenant}`;
  await asGateway(
    `insert into ${schema}.entities (campaign_id, id, type, name, attributes)
     select $1, id, type, name, '{"secret": "planted"}'
     from (values ('greta', 'npc', 'Greta'), ('guard', 'faction', 'The Guard'), ('ring', 'item', 'A 100% ring'),
       ('odd', 'weather', 'Rain')) as e (id, type, name)`,
    [table.campaign],
  );
  const link = (target: string, rel_type: string, provenance: object) =>
    asGateway(
      `insert into ${schema}.relationships (campaign_id, source_id, target_id, rel_type, provenance)
       values ($1, 'greta', $2, $3, $4)`,
      [table.campaign, target, rel_type, JSON.stringify(provenance)],
    );
  await link('guard', 'distrusts', {
    session_id: session,
    timestamp: '2026-05-03T19:00:09.123456789Z',
    dm_confirmed: true,
  });
  await link('ring', 'wears', { session_id: session, timestamp: 'not a time' });
  await link('odd', 'fears', { session_id: foreignSession, timestamp: '2026-05-03T19:00:09Z' });
});
afterAll(closeDatabase);

const graph = (fields: object, who = table.bob) =>
  call<Graph>(who, 'knowledge_graph', { campaign_id: table.campaign, ...fields });
const ids = ({ entities }: Graph) => entities.map(({ id }) => id);
const greta = () => ({ campaign_id: table.campaign, entity: 'greta' });

test('filters leave what matches; counts stay those of the whole', async () => {
  expect(ids(await graph({ search: 'GUARD' }))).toEqual(['guard']);
  expect(ids(await graph({ search: '100%' }))).toEqual(['ring']);
  expect(ids(await graph({ search: '%' }))).toEqual(['ring']);
  expect(ids(await graph({ kind: 'npc' }))).toEqual(['greta']);
  expect(ids(await graph({ kind: 'other' }))).toEqual(['odd']);
  expect(ids(await graph({ session }))).toEqual(['greta', 'ring', 'guard']);
  const confirmed = await graph({ confirmed: true });
  expect(ids(confirmed)).toEqual(['greta', 'guard']);
  expect(confirmed.relationships.map(({ rel_type }) => rel_type)).toEqual(['distrusts']);
  expect(confirmed).toMatchObject({ counts: { entities: 4, relationships: 3 }, matches: 2 });
  expect(await graph({ limit: 1 })).toMatchObject({ matches: 4 });
});

test('a drawing needs no facts, and says none', async () => {
  expect(JSON.stringify(await graph({ facts: false }))).not.toMatch(/planted|attributes|provenance/);
  expect((await graph({})).entities[0]).toMatchObject({ attributes: { secret: 'planted' } });
});

test('players do not learn which session taught what', async () => {
  const asked = { campaign_id: table.campaign, session };
  expect(await refusal(table.carol, 'knowledge_graph', asked)).toMatchObject({ status: 403, code: 'forbidden' });
});

test('an entry says where each link comes from, in sessions of the own table only', async () => {
  const entry = await call<Entry>(table.bob, 'knowledge_entry', greta());
  expect(entry).toMatchObject({ name: 'Greta', links: 3, attributes: { secret: 'planted' } });
  const by = Object.fromEntries(entry.relationships.map((link) => [link.rel_type, link]));
  expect(by['distrusts']).toMatchObject({
    other: { name: 'The Guard' },
    heard: { session_id: session, text: 'I trust no guard.' },
  });
  expect(by['wears']!.heard).toMatchObject({ session_id: session, line_id: null, text: null });
  expect(by['fears']!.heard).toBeNull();
  expect(entry.relationships[0]!.rel_type, 'confirmed ones first').toBe('distrusts');
});

test('players get the confirmed links of an entry, and nothing of what is written about it', async () => {
  const entry = await call<Entry>(table.carol, 'knowledge_entry', greta());
  expect(entry).toMatchObject({ name: 'Greta', links: 1 });
  expect(entry.relationships.map(({ rel_type }) => rel_type)).toEqual(['distrusts']);
  expect(JSON.stringify(entry)).not.toMatch(/planted|attributes|provenance|heard|trust no/);
});

test('strangers, unknown entries and other plans are refused', async () => {
  expect(await refusal(table.mallory, 'knowledge_entry', greta())).toMatchObject({ status: 404, code: 'not_found' });
  const nobody = { campaign_id: table.campaign, entity: 'nobody' };
  expect(await refusal(table.bob, 'knowledge_entry', nobody)).toMatchObject({ status: 404, code: 'not_found' });
  await setPlan(table.tenant, 'adventurer');
  expect(await refusal(table.carol, 'knowledge_entry', greta())).toMatchObject({ status: 402, code: 'feature_locked' });
  await setPlan(table.tenant, 'guild');
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { asGateway, asRoot, closeDatabase } from '../lib/database.ts';
import type { SignedIn } from '../lib/people.ts';
import { call, type ContentTable, newContentTable, refusal, setPlan } from './table.ts';

interface Graph {
  counts: { entities: number; relationships: number };
  entities: { id: string; name: string; links: number; distance?: number; attributes?: object }[];
  relationships: {
    source_id: string;
    target_id: string;
    confirmed: boolean;
    attributes?: object;
    provenance?: object;
  }[];
}

let table: ContentTable;
const confirmed = { confidence: 0.9, dm_confirmed: true };

beforeAll(async () => {
  table = await newContentTable();
  await asGateway(
    `insert into tenant_${table.tenant}.entities (campaign_id, id, type, name, attributes)
     select $1, id, 'npc', initcap(id), '{"secret": "planted"}' from unnest($2::text[]) as id`,
    [table.campaign, ['greta', 'guard', 'mine', 'tower', 'alone']],
  );
  for (const [source, target, provenance] of [
    ['greta', 'guard', confirmed],
    ['guard', 'mine', confirmed],
    ['greta', 'tower', { confidence: 0.3 }],
    ['mine', 'tower', { dm_confirmed: 'no' }],
  ] as const)
    await asGateway(
      `insert into tenant_${table.tenant}.relationships (campaign_id, source_id, target_id, rel_type, attributes, provenance)
       values ($1, $2, $3, 'knows', '{"why": "planted"}', $4)`,
      [table.campaign, source, target, JSON.stringify(provenance)],
    );
});
afterAll(closeDatabase);

const graph = (who: SignedIn, fields: object = {}): Promise<Graph> =>
  call<Graph>(who, 'knowledge_graph', { campaign_id: table.campaign, ...fields });
const ids = (found: Graph): string[] => found.entities.map(({ id }) => id);

test('Dungeon Masters see everything, the best linked entries first', async () => {
  const found = await graph(table.bob);
  expect(found.counts).toEqual({ entities: 5, relationships: 4 });
  expect(found.entities.map(({ id, links }) => [id, links])).toEqual([
    ['greta', 2],
    ['guard', 2],
    ['mine', 2],
    ['tower', 2],
    ['alone', 0],
  ]);
  expect(found.relationships).toHaveLength(4);
  expect(found.entities[0]).toMatchObject({ name: 'Greta', attributes: { secret: 'planted' } });
  expect(found.relationships[0]).toMatchObject({
    confirmed: true,
    provenance: confirmed,
    attributes: { why: 'planted' },
  });
});

test('players see names and confirmed links, and nothing of what was written about them', async () => {
  const found = await graph(table.carol);
  expect(found.counts).toEqual({ entities: 5, relationships: 2 });
  expect(found.relationships.map(({ source_id, target_id }) => [source_id, target_id])).toEqual([
    ['greta', 'guard'],
    ['guard', 'mine'],
  ]);
  expect(JSON.stringify(found)).not.toMatch(/planted|attributes|provenance|confidence/);
});

test('a limit shortens what is shown, not what is counted', async () => {
  const found = await graph(table.bob, { limit: 2 });
  expect(found.counts).toEqual({ entities: 5, relationships: 4 });
  expect(ids(found)).toEqual(['greta', 'guard']);
  expect(found.relationships).toHaveLength(1);
});

test('around an entry, step by step, over the links that the caller may see', async () => {
  const around = (who: SignedIn, steps: number) => graph(who, { around: 'greta', steps }).then(ids);
  expect(await around(table.bob, 1)).toEqual(['greta', 'guard', 'tower']);
  expect(await around(table.bob, 2)).toEqual(['greta', 'guard', 'tower', 'mine']);
  expect(await around(table.carol, 1)).toEqual(['greta', 'guard']);
  expect(await around(table.carol, 2)).toEqual(['greta', 'guard', 'mine']);
  const { entities } = await graph(table.bob, { around: 'mine', steps: 99 });
  expect(entities.map(({ id, distance }) => [id, distance])).toEqual([
    ['mine', 0],
    ['guard', 1],
    ['tower', 1],
    ['greta', 2],
  ]);
  const nobody = { campaign_id: table.campaign, around: 'nobody' };
  expect(await refusal(table.bob, 'knowledge_graph', nobody)).toMatchObject({ status: 404, code: 'not_found' });
});

test('more than a thousand entries are all counted and shown', async () => {
  const { data } = await table.bob.client.from('campaigns').insert({ name: 'Wide world' }).select('id').single();
  const { id: wide } = data as unknown as { id: string };
  await asGateway(
    `insert into tenant_${table.tenant}.entities (campaign_id, id, type, name)
     select $1, 'e' || n, 'place', 'Place ' || n from generate_series(1, 1204) as n`,
    [wide],
  );
  await asGateway(
    `insert into tenant_${table.tenant}.relationships (campaign_id, source_id, target_id, rel_type)
     select $1, 'e' || n, 'e' || (n * 7 % 1204 + 1), 'near' from generate_series(1, 1204) as n`,
    [wide],
  );
  const found = await call<Graph>(table.bob, 'knowledge_graph', { campaign_id: wide, limit: 5000 });
  expect(found.counts).toEqual({ entities: 1204, relationships: 1204 });
  expect(found.entities).toHaveLength(1204);
  expect(found.relationships).toHaveLength(1204);
  expect((await call<Graph>(table.bob, 'knowledge_graph', { campaign_id: wide })).entities).toHaveLength(500);
});

test('the plan decides, strangers meet 404, and a table without data has an empty map', async () => {
  const foreign = { campaign_id: table.foreign.campaign };
  expect(await refusal(table.bob, 'knowledge_graph', foreign)).toMatchObject({ status: 404, code: 'not_found' });
  await setPlan(table.foreign.tenant, 'adventurer');
  expect(await refusal(table.mallory, 'knowledge_graph', foreign)).toMatchObject({
    status: 402,
    code: 'feature_locked',
  });
  await setPlan(table.foreign.tenant, 'dungeon_master');
  await asRoot(`drop schema tenant_${table.foreign.tenant} cascade`);
  expect(await call(table.mallory, 'knowledge_graph', foreign)).toEqual({
    counts: { entities: 0, relationships: 0 },
    matches: 0,
    entities: [],
    relationships: [],
  });
});

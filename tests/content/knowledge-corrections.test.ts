// Dungeon Masters mend what the workers learned, in their own tenant's schema, each correction in the audit log.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { historyOf } from '../audit/table.ts';
import { asGateway, asRoot, closeDatabase } from '../lib/database.ts';
import { call, type ContentTable, newContentTable, refusal, setPlan } from './table.ts';

let table: ContentTable;
let schema: string;

beforeAll(async () => {
  table = await newContentTable();
  schema = `tenant_${table.tenant}`;
});
afterAll(closeDatabase);

beforeEach(async () => {
  for (const tenant of [table, table.foreign]) {
    const own = `tenant_${tenant.tenant}`;
    await asGateway(`delete from ${own}.entities`);
    await asGateway(
      `insert into ${own}.entities (campaign_id, id, type, name, attributes) values
         ($1, 'greta', 'npc', 'Greta', '{"personality": "old"}'), ($1, 'guard', 'faction', 'The guard', '{}')`,
      [tenant.campaign],
    );
    await asGateway(
      `insert into ${own}.relationships (campaign_id, source_id, target_id, rel_type, provenance)
       values ($1, 'greta', 'guard', 'distrusts', '{"confidence": "0.7"}'), ($1, 'guard', 'greta', 'watches', '{}')`,
      [tenant.campaign],
    );
  }
});

const here = (args: Record<string, unknown>) => ({ campaign_id: table.campaign, ...args });
const link = { source: 'greta', target: 'guard', rel_type: 'distrusts' };
const everything = (name: string) =>
  asRoot(
    `select (select jsonb_agg(to_jsonb(e) order by id) from ${name}.entities e) as entities,
       (select jsonb_agg(to_jsonb(l) order by rel_type) from ${name}.relationships l) as links`,
  );

test('corrects what is given of an entry and nothing else', async () => {
  expect(await call(table.bob, 'knowledge_correct', here({ entity: 'greta', name: ' Greta Voss ' }))).toMatchObject({
    id: 'greta',
    name: 'Greta Voss',
    type: 'npc',
    attributes: { personality: 'old' },
  });
  await call(table.bob, 'knowledge_correct', here({ entity: 'greta', type: 'player', attributes: { age: 70 } }));
  expect(await asRoot(`select name, type, attributes from ${schema}.entities where id = 'greta'`)).toEqual([
    { name: 'Greta Voss', type: 'player', attributes: { age: 70 } },
  ]);
  const history = await historyOf(table.alice, 'knowledge', 'greta');
  expect(history.slice(-2)).toMatchObject([
    { action: 'update', actor: table.bob.userId, changes: { name: { before: 'Greta', after: 'Greta Voss' } } },
    { action: 'update', actor: table.bob.userId, changes: { type: { before: 'npc', after: 'player' } } },
  ]);
});

test('a confirmed link is seen by Players, and can be taken back', async () => {
  const seen = async () =>
    (
      await call<{ relationships: { rel_type: string }[] }>(table.carol, 'knowledge_graph', {
        campaign_id: table.campaign,
      })
    ).relationships.map(({ rel_type }) => rel_type);
  expect(await seen()).toEqual([]);
  const confirmed = await call<{ provenance: unknown }>(table.bob, 'knowledge_confirm', here(link));
  expect(confirmed.provenance).toEqual({ confidence: '0.7', dm_confirmed: true });
  expect(await seen()).toEqual(['distrusts']);
  await call(table.bob, 'knowledge_confirm', here({ ...link, confirmed: false }));
  expect(await seen()).toEqual([]);
});

test('removes a link alone, and an entry with its links', async () => {
  const links = async () =>
    (await asRoot<{ rel_type: string }>(`select rel_type from ${schema}.relationships order by 1`)).map(
      ({ rel_type }) => rel_type,
    );
  await call(table.bob, 'knowledge_remove', here(link));
  expect(await links()).toEqual(['watches']);
  expect(await call(table.bob, 'knowledge_remove', here({ entity: 'greta' }))).toMatchObject({ name: 'Greta' });
  expect(await links()).toEqual([]);
  expect((await historyOf(table.alice, 'knowledge', 'greta')).at(-1)).toMatchObject({
    action: 'delete',
    resource_name: 'Greta',
    actor: table.bob.userId,
  });
});

test('what was removed comes back with its links, once, and not over what was taught since', async () => {
  const links = async () =>
    (await asRoot<{ rel_type: string }>(`select rel_type from ${schema}.relationships order by 1`)).map(
      ({ rel_type }) => rel_type,
    );
  const before = await everything(schema);
  const { removal } = await call<{ removal: string }>(table.bob, 'knowledge_remove', here({ entity: 'greta' }));
  const undo = here({ removal });
  expect(await refusal(table.carol, 'knowledge_restore', undo)).toMatchObject({ status: 403 });
  expect(await refusal(table.mallory, 'knowledge_restore', undo)).toMatchObject({ status: 404 });
  const elsewhere = { campaign_id: table.foreign.campaign, removal };
  expect(await refusal(table.mallory, 'knowledge_restore', elsewhere)).toMatchObject({ status: 404 });
  expect(await call(table.bob, 'knowledge_restore', undo)).toEqual({ entity: 'greta', links: 2 });
  expect(await everything(schema)).toEqual(before);
  expect(await refusal(table.bob, 'knowledge_restore', undo)).toMatchObject({ status: 404, code: 'not_found' });
  expect((await historyOf(table.alice, 'knowledge', 'greta')).at(-1)).toMatchObject({ action: 'restore' });

  const one = await call<{ removal: string }>(table.bob, 'knowledge_remove', here(link));
  expect(await links()).toEqual(['watches']);
  await call(table.bob, 'knowledge_restore', here({ removal: one.removal }));
  expect(await links()).toEqual(['distrusts', 'watches']);

  const again = await call<{ removal: string }>(table.bob, 'knowledge_remove', here({ entity: 'greta' }));
  await asGateway(
    `insert into ${schema}.entities (campaign_id, id, type, name) values ($1, 'greta', 'npc', 'Greta of today')`,
    [table.campaign],
  );
  await call(table.bob, 'knowledge_remove', here({ entity: 'guard' }));
  expect(await call(table.bob, 'knowledge_restore', here({ removal: again.removal }))).toEqual({
    entity: 'greta',
    links: 0,
  });
  expect(await asRoot(`select name from ${schema}.entities`)).toEqual([{ name: 'Greta of today' }]);
});

test('a removal of more than a day ago stays, and is purged', async () => {
  const { removal } = await call<{ removal: string }>(table.bob, 'knowledge_remove', here({ entity: 'greta' }));
  const kept = () => asRoot('select id from private.removed_knowledge where id = $1', [removal]);
  await asRoot('select private.purge_bins()');
  expect(await kept()).toHaveLength(1);
  await asRoot(`update private.removed_knowledge set created_at = created_at - interval '1 day' where id = $1`, [
    removal,
  ]);
  expect(await refusal(table.bob, 'knowledge_restore', here({ removal }))).toMatchObject({ status: 410, code: 'gone' });
  await asRoot('select private.purge_bins()');
  expect(await kept()).toEqual([]);
});

const calls: [string, Record<string, unknown>][] = [
  ['knowledge_correct', { entity: 'greta', name: 'Hacked' }],
  ['knowledge_confirm', link],
  ['knowledge_remove', { entity: 'greta' }],
  ['knowledge_remove', link],
];

test.each(calls)(
  '%s %j: not for Players, not for strangers, only with the plan, only where there is an entry',
  async (name, args) => {
    const before = [await everything(schema), await everything(`tenant_${table.foreign.tenant}`)];
    const [first] = Object.keys(args);
    expect(await refusal(table.carol, name, here(args))).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await refusal(table.mallory, name, here(args))).toMatchObject({ status: 404, code: 'not_found' });
    const foreign = { campaign_id: table.foreign.campaign, ...args };
    expect(await refusal(table.bob, name, foreign)).toMatchObject({ status: 404, code: 'not_found' });
    expect(await refusal(table.bob, name, here({ ...args, [first!]: 'nobody' }))).toMatchObject({ status: 404 });
    await setPlan(table.tenant, 'adventurer');
    expect(await refusal(table.alice, name, here(args))).toMatchObject({ status: 402, code: 'feature_locked' });
    await setPlan(table.tenant, 'guild');
    expect([await everything(schema), await everything(`tenant_${table.foreign.tenant}`)]).toEqual(before);
  },
);

test.each([
  ['knowledge_correct', { entity: 'greta', name: '  ' }],
  ['knowledge_correct', { entity: 'greta', type: 'god' }],
  ['knowledge_correct', { entity: 'greta', attributes: [] }],
  ['knowledge_remove', {}],
  ['knowledge_remove', { entity: 'greta', ...link }],
  ['knowledge_remove', { source: 'greta' }],
])('%s %j is refused', async (name, args) => {
  expect(await refusal(table.bob, name, here(args))).toMatchObject({ status: 422, code: 'validation' });
});

test('a table without a schema has no entry to mend', async () => {
  await asGateway(`alter schema ${schema} rename to ${schema}_away`);
  try {
    for (const [name, args] of calls)
      expect(await refusal(table.bob, name, here(args))).toMatchObject({ status: 404, code: 'not_found' });
  } finally {
    await asGateway(`alter schema ${schema}_away rename to ${schema}`);
  }
});

// Whatever a campaign holds, its file holds, and brings back: made-up campaigns through the API, in, out, and in again.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { call, type ContentTable, newContentTable, refusal } from './table.ts';

const seed = Number(process.env['BUNDLE_SEED'] ?? 20_261_121);
const runs = 25;

interface Bundle {
  [part: string]: unknown;
  campaign: Record<string, unknown>;
  npcs: Record<string, unknown>[];
  lore: Record<string, unknown>[];
  characters: Record<string, unknown>[];
}

let table: ContentTable;
beforeAll(async () => {
  table = await newContentTable();
  // Its own campaign would take one of ten places.
  await asRoot('update mgmt.campaigns set archived_at = now() where tenant_id = $1', [table.tenant]);
});
afterAll(closeDatabase);

/** What people write: any characters but NUL, also odd ones; Postgres counts characters, JavaScript half of the rarer ones. */
const text = (least: number, most: number) =>
  fc
    .string({
      unit: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...'abc äßé„“\'"\\%_\n\t<>&{}[]()') },
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
      minLength: least,
      maxLength: most,
    })
    .filter(
      (value) =>
        !value.includes('\u0000') &&
        [...value].length <= most &&
        (least === 0 ||
          (value.trim() !== '' && /\S/.test(value.replaceAll(/[\s\u0085\u180e\u200b-\u200d\u2060\ufeff]/g, '')))),
    );
const texts = (items: number, each: number) => fc.array(text(0, each), { maxLength: Math.min(items, 4) });
const part = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 4 });
const anyJson = fc.dictionary(
  text(1, 10),
  fc.oneof(text(0, 20), fc.integer(), fc.boolean(), fc.constant(null), texts(3, 10)),
  { maxKeys: 4 },
);

const npc = fc.record({
  id: fc.uuid(),
  name: text(1, 40),
  personality: part(text(0, 200)),
  engine: part(fc.constantFrom('', 'cascaded', 's2s', 'sentence_cascade')),
  voice: part(
    fc.record(
      {
        provider: text(0, 20),
        voice_id: text(0, 30),
        pitch_shift: fc.integer({ min: -10, max: 10 }),
        speed_factor: fc.constantFrom(0, 0.5, 1, 1.25, 2),
      },
      { requiredKeys: [] },
    ),
  ),
  knowledge_scope: part(texts(50, 120)),
  secret_knowledge: part(texts(50, 120)),
  behavior_rules: part(texts(30, 120)),
  tools: part(texts(20, 60)),
  budget_tier: part(fc.constantFrom('', 'fast', 'standard', 'deep')),
  address_only: part(fc.boolean()),
  attributes: part(anyJson),
});
const page = fc.record({
  id: fc.uuid(),
  title: text(1, 80),
  category: part(fc.constantFrom('general', 'location', 'faction', 'history', 'rules', 'npc_backstory')),
  content: part(text(0, 400)),
  tags: part(texts(20, 40)),
});
const character = fc.record({
  discord_id: fc.stringMatching(/^\d{17,20}$/),
  name: text(1, 40),
  aliases: part(texts(5, 80)),
  colour: part(fc.integer({ min: 1, max: 8 })),
});

const lower = (value: unknown) => String(value).toLowerCase();
const bundle = fc
  .record({
    campaign: fc.record(
      {
        name: text(1, 80),
        system: text(0, 60),
        description: text(0, 200),
        language: fc.constantFrom('', 'en', 'de', 'fr', 'es'),
      },
      { requiredKeys: ['name'] },
    ),
    npcs: fc.uniqueArray(npc, { maxLength: 5, selector: ({ name }) => lower(name) }),
    lore: fc.array(page, { maxLength: 5 }),
    characters: fc.uniqueArray(character, { maxLength: 4, selector: ({ discord_id }) => discord_id }),
    helper: fc.boolean(),
  })
  .map(({ helper, lore, npcs, ...rest }): Bundle => {
    const ids = npcs.map(({ id }) => id);
    return {
      format: 'glyphoxa.campaign',
      version: 1,
      ...rest,
      npcs: npcs.map((each, place) => ({ ...each, gm_helper: helper && place === 0 })),
      // Pages link to each other and to NPCs, as the editor writes it.
      lore: lore.map(({ tags, ...each }, place) => ({
        ...each,
        content: [each.content ?? '', ...ids.map((id) => `[@](npc:${id})`), `[@](page:${lore[0]!.id})`].join(' '),
        metadata: { ...(tags && { tags }), related_npcs: ids.slice(0, place) },
      })),
    };
  });

/** With what is left out filled in, and ids told by their order. */
function whole(given: Bundle): unknown {
  const filled: Bundle = {
    campaign: { system: '', description: '', language: '', ...given.campaign },
    npcs: given.npcs.map((each) => ({
      personality: '',
      engine: '',
      voice: {},
      knowledge_scope: [],
      secret_knowledge: [],
      behavior_rules: [],
      tools: [],
      budget_tier: '',
      gm_helper: false,
      address_only: false,
      attributes: {},
      ...each,
    })),
    lore: given.lore.map((each) => ({ category: 'general', content: '', metadata: {}, ...each })),
    characters: given.characters
      .map((each): Record<string, unknown> => ({ aliases: [], colour: 1, ...each }))
      .sort((a, b) => (String(a['discord_id']) < String(b['discord_id']) ? -1 : 1)),
  };
  let json = JSON.stringify(filled);
  const order = (list: Record<string, unknown>[]) => list.map(({ id }) => String(id));
  // Names of NPCs are what tells them apart; the file lists them by name, in the database's order.
  const npcs = [...filled.npcs].sort((a, b) => (lower(a['name']) < lower(b['name']) ? -1 : 1));
  for (const [place, id] of [...order(npcs), ...order(filled.lore)].entries()) json = json.replaceAll(id, `#${place}`);
  const told = JSON.parse(json) as Bundle;
  told.npcs.sort((a, b) => (lower(a['name']) < lower(b['name']) ? -1 : 1));
  return told;
}

const dropUndefined = (value: Bundle): Bundle => JSON.parse(JSON.stringify(value)) as Bundle;
const counted = async () =>
  (await asRoot('select count(*)::int as rows from mgmt.campaigns where tenant_id = $1', [table.tenant]))[0];

test(`every field of every kind survives the way in, out and in again (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(bundle, async (made) => {
      const given = dropUndefined(made);
      const first = await call<{ campaign_id: string }>(table.bob, 'import_campaign', { bundle: given });
      const out = await call<Bundle>(table.bob, 'export_campaign', { campaign_id: first.campaign_id });
      expect(whole(out)).toEqual(whole(given));
      await asRoot('delete from mgmt.campaigns where id = $1', [first.campaign_id]);
      const second = await call<{ campaign_id: string }>(table.bob, 'import_campaign', { bundle: out });
      const again = await call<Bundle>(table.bob, 'export_campaign', { campaign_id: second.campaign_id });
      expect(whole(again)).toEqual(whole(given));
      await asRoot('delete from mgmt.campaigns where id = $1', [second.campaign_id]);
    }),
    { seed, numRuns: runs, endOnFailure: true },
  );
}, 120_000);

/** Ways to break one field, whatever it holds. */
const wrong: Record<string, unknown> = { string: 7, number: 'x', boolean: 'yes', object: 'x', array: 'x' };
const kindOf = (value: unknown) => (Array.isArray(value) ? 'array' : typeof value);

test(`one wrong field anywhere refuses the whole file and is named (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(bundle, fc.nat(), async (made, choice) => {
      const given = dropUndefined(made);
      const places = [
        ...Object.keys(given.campaign).map((field) => ['campaign', undefined, field] as const),
        ...(['npcs', 'lore', 'characters'] as const).flatMap((list) =>
          given[list].flatMap((each, place) => Object.keys(each).map((field) => [list, place, field] as const)),
        ),
      ];
      const [list, place, field] = places[choice % places.length]!;
      const row = (place === undefined ? given[list] : (given[list] as object[])[place]) as Record<string, unknown>;
      row[field] = wrong[kindOf(row[field])];
      const before = await counted();
      const answer = await refusal(table.bob, 'import_campaign', { bundle: given });
      const words = { campaign: 'Campaign', npcs: 'NPC', lore: 'Page', characters: 'Character' };
      const named =
        place === undefined ? `${words[list]}, field ${field}` : `${words[list]} ${place + 1}, field ${field}`;
      expect(answer).toMatchObject({ status: 422, code: 'bundle_invalid' });
      expect(answer.message.startsWith(`${named}: `)).toBe(true);
      expect(await counted()).toEqual(before);
    }),
    { seed, numRuns: runs, endOnFailure: true },
  );
}, 120_000);

test('a campaign of hundreds of pages comes back, too', async () => {
  const lore = Array.from({ length: 300 }, (_, place) => ({
    title: `Page ${place}`,
    content: 'Ä long story. '.repeat(500),
  }));
  const given = { format: 'glyphoxa.campaign', version: 1, campaign: { name: 'Long' }, npcs: [], lore, characters: [] };
  const { campaign_id } = await call<{ campaign_id: string }>(table.bob, 'import_campaign', { bundle: given });
  const out = await call<Bundle>(table.bob, 'export_campaign', { campaign_id });
  expect(JSON.stringify(out).length).toBeGreaterThan(2_000_000);
  expect(await call(table.bob, 'import_campaign', { bundle: out })).toMatchObject({ lore: 300, name: 'Long (2)' });
  await asRoot(`delete from mgmt.campaigns where tenant_id = $1 and name like 'Long%'`, [table.tenant]);
});

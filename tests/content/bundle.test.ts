import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase, snowflake } from '../lib/database.ts';
import { call, type ContentTable, newCampaign, newContentTable, refusal, setPlan } from './table.ts';

interface Bundle {
  [part: string]: unknown;
  campaign: Record<string, unknown>;
  npcs: Record<string, unknown>[];
  lore: { [field: string]: unknown; id?: string; content?: string; metadata?: { related_npcs?: string[] } }[];
  characters: Record<string, unknown>[];
}

interface Imported {
  campaign_id: string;
  name: string;
  npcs: number;
  set_aside: number;
  lore: number;
  characters: number;
}

let table: ContentTable;
let campaign: string;

async function add(relation: string, row: object): Promise<string> {
  const { data, error } = await table.bob.client.from(relation).insert(row).select('id').single();
  if (error) throw error;
  return (data as { id: string }).id;
}

beforeAll(async () => {
  table = await newContentTable();
  campaign = await newCampaign(table.bob, 'Rabenheim', 'de');
  const { error } = await table.bob.client
    .from('campaigns')
    .update({ system: 'Das Schwarze Auge', description: 'Im Norden.' })
    .eq('id', campaign);
  expect(error).toBeNull();
  const greta = await add('npcs', {
    campaign_id: campaign,
    name: 'Greta',
    personality: 'Mürrisch.',
    engine: 'cascaded',
    voice: { provider: 'elevenlabs', voice_id: 'v1', speed_factor: 1.2 },
    knowledge_scope: ['village'],
    secret_knowledge: ['She is the queen.'],
    behavior_rules: ['Never laughs.'],
    tools: ['dice'],
    budget_tier: 'deep',
    gm_helper: true,
    address_only: true,
    attributes: { age: 70, prepared_lines: ['Ha!'] },
  });
  await add('npcs', { campaign_id: campaign, name: 'Brannor' });
  const tower = await add('campaign_lore', {
    campaign_id: campaign,
    title: 'The tower',
    category: 'location',
    sort_order: 2,
  });
  await add('campaign_lore', {
    campaign_id: campaign,
    title: 'The village',
    content: `[@Greta](npc:${greta}) lives near [@The tower](page:${tower}).`,
    metadata: { tags: ['north'], related_npcs: [greta, 'elsewhere'] },
    sort_order: 1,
  });
  const gone = await add('campaign_lore', { campaign_id: campaign, title: 'In the bin' });
  await table.bob.client.from('campaign_lore').update({ deleted_at: new Date().toISOString() }).eq('id', gone);
  await add('campaign_characters', {
    campaign_id: campaign,
    discord_id: snowflake(500),
    name: 'Lukas',
    aliases: ['luk_42'],
    colour: 5,
  });
});
afterAll(closeDatabase);

const exported = (id: string, fields: object = {}): Promise<Bundle> =>
  call<Bundle>(table.bob, 'export_campaign', { campaign_id: id, ...fields });
const imported = (bundle: object): Promise<Imported> => call<Imported>(table.bob, 'import_campaign', { bundle });

/** The bundle with ids told by their order, so that two bundles of the same content are equal. */
function neutral(bundle: Bundle): unknown {
  let text = JSON.stringify({ ...bundle, exported_at: null });
  for (const [index, { id }] of [...bundle.npcs, ...bundle.lore].entries())
    text = text.replaceAll(String(id), `#${index}`);
  return JSON.parse(text);
}

test('a campaign survives the way out and in again: settings, NPCs, pages in order, links, characters', async () => {
  const before = await exported(campaign);
  expect(before.lore.map(({ title }) => title)).toEqual(['The village', 'The tower']);
  expect(before.npcs).toHaveLength(2);
  const { campaign_id, ...result } = await imported(before);
  expect(result).toEqual({ name: 'Rabenheim (2)', npcs: 2, set_aside: 0, lore: 2, characters: 1 });
  const after = await exported(campaign_id);
  const expected = neutral(before) as Bundle;
  expected.campaign.name = 'Rabenheim (2)';
  // The one thing that is dropped: a relation to an NPC that is not in the file.
  expected.lore[0]!.metadata!.related_npcs!.pop();
  expect(neutral(after)).toEqual(expected);
  expect(after.lore[0]!.content).not.toBe(before.lore[0]!.content);
  expect(after.lore[0]!.content).toContain(after.lore[1]!.id);
  const third = await imported(after);
  expect(third.name).toBe('Rabenheim (3)');
  expect(neutral(await exported(third.campaign_id))).toEqual({
    ...expected,
    campaign: { ...expected.campaign, name: third.name },
  });
});

test('parts are left out on demand, and another table can import what it was given', async () => {
  const slim = await exported(campaign, { npcs: false, lore: false, characters: false });
  expect([slim.npcs, slim.lore, slim.characters]).toEqual([[], [], []]);
  const bundle = await exported(campaign);
  const there = await call<Imported>(table.mallory, 'import_campaign', { bundle });
  expect(there).toMatchObject({ name: 'Rabenheim', npcs: 2, lore: 2 });
  expect(await asRoot('select tenant_id from mgmt.campaigns where id = $1', [there.campaign_id])).toEqual([
    { tenant_id: table.foreign.tenant },
  ]);
});

const page = { title: 'Page' };
const minimal = { format: 'glyphoxa.campaign', version: 1, campaign: { name: 'Minimal' } };
const seventh = (fields: object) => ({ lore: [...Array.from({ length: 6 }, () => page), { ...page, ...fields }] });

test.each<[string, object]>([
  ['Bundle, field format: this is no campaign file', { format: 'zip' }],
  ['Bundle, field version: only version 1 is understood', { version: 2 }],
  ['Bundle, field tenant_id: is not known', { tenant_id: 'x' }],
  ['Bundle, field npcs: must be a list', { npcs: {} }],
  ['Bundle, field campaign: is missing', { campaign: undefined }],
  ['Campaign, field name: must not be empty', { campaign: { name: ' ' } }],
  ['Campaign, field language: must be one of "", "en", "de", "fr", "es"', { campaign: { name: 'x', language: 'tlh' } }],
  ['Page 7, field title: longer than 200 characters', seventh({ title: 'x'.repeat(201) })],
  ['Page 7, field content: longer than 100,000 characters', seventh({ content: 'x'.repeat(100_001) })],
  ['Page 7, field content: must be a text', seventh({ content: 7 })],
  [
    'Page 7, field metadata, field tags: must be a list of at most 20 texts of at most 40 characters',
    seventh({ metadata: { tags: ['x'.repeat(41)] } }),
  ],
  ['Page 7, field metadata: longer than 32,768 characters', seventh({ metadata: { notes: 'x'.repeat(33_000) } })],
  ['NPC 1, field voice: larger than 4 kB', { npcs: [{ name: 'Greta', voice: { notes: 'x'.repeat(5_000) } }] }],
  [
    'Page 2, field id: is in the file twice',
    {
      lore: [
        { ...page, id: 'a' },
        { ...page, id: 'a' },
      ],
    },
  ],
  ['NPC 1, field campaign_id: is not known', { npcs: [{ name: 'Greta', campaign_id: 'x' }] }],
  ['NPC 2, field name: is missing', { npcs: [{ name: 'Greta' }, {}] }],
  ['NPC 2, field name: There is a Greta here already', { npcs: [{ name: 'Greta' }, { name: 'greta' }] }],
  ['NPC 1, field personality: 2,140 of 2,000 characters', { npcs: [{ name: 'Greta', personality: 'x'.repeat(2140) }] }],
  ['NPC 1, field tools, entry 2: must be a text', { npcs: [{ name: 'Greta', tools: ['a', 1] }] }],
  [
    'NPC 1, field voice.speed_factor: must be 0 (as the voice comes) or between 0.5 and 2.0',
    { npcs: [{ name: 'Greta', voice: { speed_factor: 9 } }] },
  ],
  [
    'NPC 2, field gm_helper: Greta is the helper of this campaign',
    {
      npcs: [
        { name: 'Greta', gm_helper: true },
        { name: 'Karl', gm_helper: true },
      ],
    },
  ],
  [
    'Character 1, field colour: must be one of 1, 2, 3, 4, 5, 6, 7, 8',
    { characters: [{ discord_id: '1', name: 'x', colour: 9 }] },
  ],
  [
    'Character 2, field discord_id: is in the file twice',
    {
      characters: [
        { discord_id: '1', name: 'x' },
        { discord_id: '1', name: 'y' },
      ],
    },
  ],
])('refused whole: %s', async (reason, fields) => {
  const count = () =>
    asRoot(
      `select (select count(*) from mgmt.campaigns where tenant_id = $1) as campaigns,
         (select count(*) from public.npc_definitions where tenant_id = $1) as npcs,
         (select count(*) from mgmt.campaign_lore where tenant_id = $1) as pages`,
      [table.tenant],
    );
  const before = await count();
  expect(await refusal(table.bob, 'import_campaign', { bundle: { ...minimal, ...fields } })).toEqual({
    status: 422,
    code: 'bundle_invalid',
    message: `${reason}. Nothing was imported.`,
  });
  expect(await count()).toEqual(before);
});

test('the plan’s limits hold for what comes from a file, and nothing is half there', async () => {
  await setPlan(table.foreign.tenant, 'apprentice');
  const bundle = { ...minimal, npcs: ['A', 'B', 'C'].map((name) => ({ name })) };
  const refused = (): Promise<unknown> => refusal(table.mallory, 'import_campaign', { bundle });
  expect(await refused()).toMatchObject({ status: 402, code: 'campaign_limit' });
  await asRoot('update mgmt.campaigns set archived_at = now() where tenant_id = $1', [table.foreign.tenant]);
  expect(
    await asRoot(`select from mgmt.campaigns where tenant_id = $1 and name = 'Minimal'`, [table.foreign.tenant]),
  ).toEqual([]);
  const made = await call<Imported>(table.mallory, 'import_campaign', { bundle });
  expect(made).toMatchObject({ npcs: 3, set_aside: 1 });
  const cast = (relation: string) =>
    asRoot<{ name: string }>(`select name from ${relation} where campaign_id = $1 order by name`, [made.campaign_id]);
  expect(await cast('public.npc_definitions')).toEqual([{ name: 'A' }, { name: 'B' }]);
  expect(await cast('mgmt.npcs_aside')).toEqual([{ name: 'C' }]);
});

test('who is set aside travels along and rests again, with the same words; the bin stays', async () => {
  const home = await newCampaign(table.bob, `Resting ${randomUUID()}`, 'en');
  const resting = await add('npcs', {
    campaign_id: home,
    name: 'Karl',
    personality: 'Sleeps.',
    secret_knowledge: ['He is the king.'],
    gm_helper: true,
  });
  const binned = await add('npcs', { campaign_id: home, name: 'Gone' });
  await call(table.bob, 'set_npc_aside', { npc: resting, reason: 'aside' });
  await call(table.bob, 'set_npc_aside', { npc: binned, reason: 'bin' });
  // Names are free again while somebody rests: the file may hold two of them.
  await add('npcs', { campaign_id: home, name: 'Karl', gm_helper: true });
  const before = await exported(home);
  expect(before.npcs.map(({ name, aside }) => [name, aside])).toHaveLength(2);
  expect(before.npcs).toContainEqual(expect.objectContaining({ id: resting, aside: true, personality: 'Sleeps.' }));
  const made = await imported(before);
  expect(made).toMatchObject({ npcs: 2, set_aside: 1 });
  const after = await exported(made.campaign_id);
  const words = (bundle: Bundle) =>
    bundle.npcs.map((npc) => JSON.stringify({ ...npc, id: null })).sort((a, b) => a.localeCompare(b));
  expect(words(after)).toEqual(words(before));
});

test('a large campaign is read whole', async () => {
  const content = 'The silver mine of Rabenheim is closed. '.repeat(2500);
  const lore = Array.from({ length: 25 }, (_, index) => ({ title: `Page ${index}`, content }));
  const made = await imported({ ...minimal, campaign: { name: `Large ${randomUUID()}` }, lore });
  expect(made.lore).toBe(25);
});

test('players neither export nor import, and a foreign campaign is 404', async () => {
  const args = { campaign_id: campaign };
  expect(await refusal(table.carol, 'export_campaign', args)).toMatchObject({ status: 403, code: 'forbidden' });
  expect(await refusal(table.carol, 'import_campaign', { bundle: minimal })).toMatchObject({ status: 403 });
  const foreign = await refusal(table.mallory, 'export_campaign', args);
  expect(foreign).toMatchObject({ status: 404, code: 'not_found' });
  expect(await refusal(table.mallory, 'export_campaign', { campaign_id: randomUUID() })).toEqual(foreign);
});

test('an NPC is duplicated with all its fields but the name and the helper’s place', async () => {
  const [original] = await asRoot(
    `select id, tenant_id, campaign_id, personality, engine, voice, knowledge_scope, secret_knowledge, behavior_rules, tools,
       budget_tier, address_only, attributes
     from public.npc_definitions where campaign_id = $1 and name = 'Greta'`,
    [campaign],
  );
  const { id, ...fields } = original!;
  const copy = await call<Record<string, unknown>>(table.bob, 'duplicate_npc', { npc: id });
  expect(copy).toMatchObject({ ...fields, name: 'Greta (2)', gm_helper: false });
  expect(copy['id']).not.toBe(id);
  expect(await call(table.bob, 'duplicate_npc', { npc: copy['id'] })).toMatchObject({ name: 'Greta (3)' });
  expect(await call(table.bob, 'duplicate_npc', { npc: id, name: 'Hilde' })).toMatchObject({ name: 'Hilde' });
  expect(await refusal(table.bob, 'duplicate_npc', { npc: id, name: 'hilde' })).toMatchObject({ code: 'name_taken' });
  expect(await refusal(table.carol, 'duplicate_npc', { npc: id })).toMatchObject({ status: 403 });
  expect(await refusal(table.mallory, 'duplicate_npc', { npc: id })).toMatchObject({ status: 404, code: 'not_found' });
  await setPlan(table.tenant, 'apprentice');
  expect(await refusal(table.bob, 'duplicate_npc', { npc: id })).toMatchObject({ status: 402, code: 'npc_limit' });
});

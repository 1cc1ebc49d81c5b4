import { afterAll, expect, test } from 'vitest';
import { closeDatabase, type Owner, type Refusal, refused, type Story, story } from '../lib/database.ts';

afterAll(closeDatabase);

const add = (told: Story, owner: Owner, fields: Record<string, unknown>): Promise<unknown> => {
  const names = Object.keys(fields);
  const values = Object.values(fields).map((value) => (typeof value === 'object' ? JSON.stringify(value) : value));
  return told.as(
    owner.id,
    `insert into mgmt.npcs (campaign_id, ${names.join(', ')}) values ($1, ${names.map((_, i) => `$${i + 2}`).join(', ')}) returning id`,
    [owner.campaign, ...values],
  );
};
const texts = (count: number, length: number) => Array.from({ length: count }, () => 'x'.repeat(length));
const invalid = (message: string | RegExp): Partial<Refusal> =>
  expect.objectContaining({
    status: 422,
    code: 'validation',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  }) as Partial<Refusal>;

test.each<[string, Record<string, unknown>, string | RegExp]>([
  ['an empty name', { name: '  ' }, 'name: must have 1 to 255 characters.'],
  ['a name too long', { name: 'x'.repeat(256) }, 'name: must have 1 to 255 characters.'],
  ['a personality too long', { personality: 'x'.repeat(2140) }, 'personality: 2,140 of 2,000 characters.'],
  ['an engine that the gateway refuses', { engine: 'sentence' }, /^engine: /],
  ['an unknown way of thinking', { budget_tier: 'slow' }, /^budget_tier: /],
  ['a voice that is a text', { voice: '"x"' }, 'voice: must be an object.'],
  ['a voice without end', { voice: { voice_id: 'x'.repeat(201) } }, /^voice\.voice_id: /],
  ['a speed between 0 and 0.5', { voice: { speed_factor: 0.3 } }, /^voice\.speed_factor: /],
  ['a speed above 2', { voice: { speed_factor: 2.1 } }, /^voice\.speed_factor: /],
  ['a speed that is a text', { voice: { speed_factor: '1' } }, /^voice\.speed_factor: /],
  ['a pitch below -10', { voice: { pitch_shift: -10.5 } }, /^voice\.pitch_shift: /],
  ['too many topics', { knowledge_scope: texts(51, 1) }, 'knowledge_scope: 51 entries, at most 50 are allowed.'],
  [
    'a topic too long',
    { knowledge_scope: [...texts(2, 1), 'x'.repeat(121)] },
    'knowledge_scope, entry 3: longer than 120 characters.',
  ],
  ['a topic that is a number', { knowledge_scope: [1] }, 'knowledge_scope, entry 1: must be a text.'],
  ['topics that are no list', { knowledge_scope: {} }, 'knowledge_scope: must be a list of texts.'],
  ['a secret too long', { secret_knowledge: texts(1, 501) }, /^secret_knowledge, entry 1: /],
  ['too many rules', { behavior_rules: texts(31, 1) }, /^behavior_rules: 31 entries/],
  ['too many tools', { tools: texts(21, 1) }, /^tools: 21 entries/],
  ['attributes that are a list', { attributes: [] }, 'attributes: must be an object.'],
  ['attributes without end', { attributes: { note: 'x'.repeat(8200) } }, /^attributes: larger than 8 kB/],
  [
    'too many attributes',
    { attributes: Object.fromEntries(texts(51, 1).map((_, i) => [`k${i}`, 1])) },
    'attributes: at most 50 rows are allowed.',
  ],
  [
    'too many prepared lines',
    { attributes: { prepared_lines: texts(13, 1) } },
    /^attributes\.prepared_lines: 13 entries/,
  ],
])('%s is refused by the name of its field', (_, fields, message) =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    expect(await refused(add(told, alice, { name: 'Greta', ...fields }))).toEqual(invalid(message));
  }),
);

test('every limit is reached without a refusal', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await add(told, alice, {
      name: 'G'.repeat(255),
      personality: 'x'.repeat(2000),
      engine: 's2s',
      budget_tier: 'deep',
      voice: { provider: 'elevenlabs', voice_id: 'x', speed_factor: 0.5, pitch_shift: 10 },
      knowledge_scope: texts(50, 120),
      secret_knowledge: texts(50, 500),
      behavior_rules: texts(30, 300),
      tools: texts(20, 60),
      attributes: { prepared_lines: texts(12, 300), age: 70 },
    });
  }));

test('a name is taken without regard to case, in the campaign only', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await add(told, alice, { name: 'Greta' });
    expect(await refused(add(told, alice, { name: 'GRETA' }))).toMatchObject({
      status: 409,
      code: 'name_taken',
      message: 'There is a Greta here already.',
    });
    const [other] = await told.as<{ id: string }>(
      alice.id,
      `insert into mgmt.campaigns (name) values ('Other') returning id`,
    );
    await add(told, { ...alice, campaign: other!.id }, { name: 'Greta' });
    expect(await refused(told.as(alice.id, 'update mgmt.npcs set campaign_id = $1', [other!.id]))).toMatchObject({
      code: 'name_taken',
    });
  }));

test('a campaign has one helper of the Dungeon Master', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await add(told, alice, { name: 'Karl', gm_helper: true });
    expect(await refused(add(told, alice, { name: 'Greta', gm_helper: true }))).toMatchObject({
      status: 409,
      code: 'conflict',
      message: 'gm_helper: Karl is the helper of this campaign.',
    });
    await told.as(alice.id, `update mgmt.npcs set gm_helper = false where name = 'Karl'`);
    await add(told, alice, { name: 'Greta', gm_helper: true });
  }));

test('names and helpers of another table are no news to a stranger', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const mallory = await told.owner('Mallory');
    await add(told, alice, { name: 'Greta', gm_helper: true });
    await add(told, mallory, { name: 'Greta', gm_helper: true });
    const moved = await refused(told.as(mallory.id, 'update mgmt.npcs set campaign_id = $1', [alice.campaign]));
    expect(moved).toMatchObject({ sqlstate: '42501' });
    expect(moved.message).toMatch(/row-level security/);
  }));

test('plans limit new NPCs and campaigns, and keep what is there', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    for (const name of ['Greta', 'Karl', 'Otto']) await add(told, alice, { name });
    await told.as(alice.id, `insert into mgmt.campaigns (name) values ('Second')`);
    await told.root(
      `update mgmt.subscriptions set plan_id = 'apprentice', status = 'active', trial_end = null where tenant_id = $1`,
      [alice.tenant],
    );
    expect(await refused(add(told, alice, { name: 'Berta' }))).toMatchObject({
      status: 402,
      code: 'npc_limit',
      message: 'Your plan allows 2 NPCs. Remove some NPCs or upgrade at /billing/plans.',
    });
    await told.as(alice.id, `update mgmt.npcs set personality = 'Still here.'`);
    expect(await refused(told.as(alice.id, `insert into mgmt.campaigns (name) values ('Third')`))).toMatchObject({
      status: 402,
      code: 'campaign_limit',
      message: 'Your plan plays 1 campaign.',
    });
    await told.as(alice.id, `update mgmt.campaigns set archived_at = now() where name = 'Second'`);
    expect(
      await refused(told.as(alice.id, `update mgmt.campaigns set archived_at = null where name = 'Second'`)),
    ).toMatchObject({
      code: 'campaign_limit',
    });
  }));

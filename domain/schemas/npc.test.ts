import { expect, test } from 'vitest';
import { fieldIssues } from './issue.ts';
import { npcRow, npcSchema } from './npc.ts';

const greta = { name: ' Greta ', pigment: '3' };

function wrong(input: Record<string, unknown>) {
  const parsed = npcSchema.safeParse({ ...greta, ...input });
  return parsed.success ? {} : fieldIssues(parsed.error, { ...greta, ...input });
}

test('a name and a pigment are enough, and the row has the shapes of the voice service', () => {
  expect(npcRow(npcSchema.parse(greta))).toEqual({
    name: 'Greta',
    personality: '',
    engine: 'cascaded',
    voice: { provider: '', voice_id: '', speed_factor: 0, pitch_shift: 0 },
    knowledge_scope: [],
    secret_knowledge: [],
    behavior_rules: [],
    tools: [],
    budget_tier: 'fast',
    gm_helper: false,
    address_only: false,
    attributes: { pigment: 3 },
  });
});

test('texts over their limit say by how much', () => {
  expect(wrong({ personality: 'x'.repeat(2140) })).toEqual({
    personality: { key: 'too_long', limit: 2000, given: 2140 },
  });
  expect(wrong({ name: '   ' })).toMatchObject({ name: { key: 'required' } });
});

test('lists name the entry that is wrong, and drop empty ones', () => {
  expect(wrong({ behavior_rules: ['short', 'x'.repeat(301)] })).toMatchObject({
    behavior_rules: { key: 'entry_too_long', limit: 300, given: 301 },
  });
  expect(wrong({ knowledge_scope: ['the mine', 'the mine'] })).toMatchObject({
    knowledge_scope: { key: 'twice', entry: 'the mine' },
  });
  expect(wrong({ prepared_lines: Array.from({ length: 13 }, (_, index) => `line ${index}`) })).toMatchObject({
    prepared_lines: { key: 'too_many', limit: 12, given: 13 },
  });
  expect(npcSchema.parse({ ...greta, tools: ['', ' dice ', ''] }).tools).toEqual(['dice']);
});

test('the voice keeps to its ranges: 0 is as the voice comes', () => {
  expect(wrong({ voice: { speed_factor: '0.3' } })).toEqual({
    'voice.speed_factor': { key: 'out_of_range', given: 3 },
  });
  expect(npcSchema.parse({ ...greta, voice: { speed_factor: '0', pitch_shift: '-2.5' } }).voice).toMatchObject({
    speed_factor: 0,
    pitch_shift: -2.5,
  });
});

test('notes become attributes with their kinds; names that have a field of their own are refused', () => {
  const notes = [
    { key: 'age', value: '54' },
    { key: 'debt', value: 'true' },
    { key: 'home', value: 'the mill' },
  ];
  expect(npcRow(npcSchema.parse({ ...greta, notes })).attributes).toEqual({
    age: 54,
    debt: true,
    home: 'the mill',
    pigment: 3,
  });
  expect(
    wrong({
      notes: [
        { key: 'age', value: '1' },
        { key: 'age', value: '2' },
      ],
    }),
  ).toMatchObject({
    notes: { key: 'twice', entry: 'age' },
  });
  expect(wrong({ notes: [{ key: 'pigment', value: '9' }] })).toMatchObject({
    notes: { key: 'twice', entry: 'pigment' },
  });
  expect(
    wrong({ notes: Array.from({ length: 10 }, (_, index) => ({ key: `k${index}`, value: 'x'.repeat(1000) })) }),
  ).toMatchObject({ notes: { key: 'too_large' } });
});

test('engines and tiers come from one place', () => {
  expect(wrong({ engine: 'sentence', budget_tier: 'slow' })).toMatchObject({
    engine: { key: 'not_offered' },
    budget_tier: { key: 'not_offered' },
  });
});

import { expect, test } from 'vitest';
import { countChanges, formFromData, formOf, type NpcRow } from './npc-form.ts';

const row: NpcRow = {
  id: 'n',
  campaign_id: 'c',
  name: 'Greta',
  personality: 'You are Greta.',
  engine: '',
  voice: { voice_id: 'aldric' },
  knowledge_scope: ['the mine', 7, null],
  secret_knowledge: null,
  behavior_rules: [],
  tools: [],
  budget_tier: 'deep',
  gm_helper: false,
  address_only: true,
  attributes: { title: 'Miller', pigment: 4, portrait: 'sage', prepared_lines: ['Hm.'], age: 54, shy: true },
  updated_at: '2026-11-21T20:00:00Z',
};

test('a row becomes a form whatever its JSON holds', () => {
  expect(formOf(row, 4)).toMatchObject({
    title: 'Miller',
    portrait: 'sage',
    engine: 'cascaded',
    voice: { provider: '', voice_id: 'aldric', speed_factor: 0, pitch_shift: 0 },
    knowledge_scope: ['the mine'],
    secret_knowledge: [],
    prepared_lines: ['Hm.'],
    notes: [
      { key: 'age', value: '54' },
      { key: 'shy', value: 'true' },
    ],
  });
});

test('a plain form posts lists as lines of a text area or one by one', () => {
  const data = new FormData();
  data.set('name', 'Greta');
  data.append('behavior_rules', 'One\n two \n\nthree');
  data.append('knowledge_scope', 'the mine');
  data.append('knowledge_scope', '');
  data.append('note_key', 'age');
  data.append('note_value', '54');
  expect(formFromData(data)).toMatchObject({
    behavior_rules: ['One', 'two', 'three'],
    knowledge_scope: ['the mine'],
    address_only: false,
    notes: [{ key: 'age', value: '54' }],
  });
});

test('changes are counted by field; an empty line added and not filled is none', () => {
  const saved = formOf(row, 4);
  expect(countChanges(formOf(row, 4), saved)).toBe(0);
  const now = formOf(row, 4);
  now.behavior_rules.push('');
  expect(countChanges(now, saved)).toBe(0);
  now.behavior_rules.push('Never lies.');
  now.name = 'Gretel';
  now.voice.pitch_shift = -2;
  expect(countChanges(now, saved)).toBe(3);
});

import { expect, test } from 'vitest';
import { freeName, npcTemplate, templateKinds } from './npc-templates.ts';
import { npcRow, npcSchema } from './schemas/npc.ts';

test.each(['en', 'de'])('every template in %s is a valid NPC as it stands', (language) => {
  for (const kind of templateKinds) {
    const { names, title, personality, knows, rules, sample } = npcTemplate(kind, language);
    for (const name of names) {
      const npc = npcSchema.parse({
        name,
        title,
        personality,
        portrait: kind,
        pigment: 1,
        knowledge_scope: knows,
        behavior_rules: rules,
      });
      expect(npcRow(npc).attributes).toMatchObject({ portrait: kind, title });
    }
    expect(sample.length).toBeLessThanOrEqual(500);
  }
});

test('languages nobody wrote for speak English', () => {
  expect(npcTemplate('sage', 'fr')).toBe(npcTemplate('sage', 'en'));
});

test('a taken name is passed over, whatever its case', () => {
  const smith = npcTemplate('blacksmith', 'de');
  expect(freeName(smith, ['HEINRICH'])).toBe('Brunna Eisenhand');
  expect(freeName(smith, [...smith.names])).toBe('');
});

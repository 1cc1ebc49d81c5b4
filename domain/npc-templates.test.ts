import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

test.each(['en', 'de'])('every template in %s speaks with a voice of that language that every plan has', (language) => {
  const catalogue = readFileSync(
    join(import.meta.dirname, '../supabase/migrations/20261121000095_voice_catalog.sql'),
    'utf8',
  );
  for (const kind of templateKinds) {
    const { voice } = npcTemplate(kind, language);
    expect(catalogue).toMatch(new RegExp(`\\('piper', '${voice}', '[^']+', '${language}', 'basic', `));
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

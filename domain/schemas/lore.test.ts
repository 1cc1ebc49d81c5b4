import { expect, test } from 'vitest';
import { loreChangesSchema, loreSchema } from './lore.ts';

test('a change has the fields that were sent, and no others', () => {
  expect(loreChangesSchema(['content']).parse({ content: ' a ' })).toEqual({ content: ' a ' });
  expect(loreChangesSchema(['tags']).parse({ tags: [' north ', ''] })).toEqual({ tags: ['north'] });
  expect(loreChangesSchema(['tenant_id']).parse({ tenant_id: 'x' })).toEqual({});
});

test('limits are those of the database', () => {
  const page = { title: 'The mine', category: 'location', content: '', tags: [], npcs: [] };
  expect(loreSchema.safeParse(page).success).toBe(true);
  for (const wrong of [
    { title: ' ' },
    { title: 'x'.repeat(201) },
    { content: 'x'.repeat(100_001) },
    { category: 'recipe' },
    { tags: ['x'.repeat(41)] },
    { tags: Array.from({ length: 21 }, (_, index) => `tag ${index}`) },
  ])
    expect(loreSchema.safeParse({ ...page, ...wrong }).success).toBe(false);
});

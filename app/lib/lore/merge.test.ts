import { expect, test } from 'vitest';
import { changedFields, merge } from './merge.ts';
import type { LoreFields } from './page.ts';

const base: LoreFields = {
  title: 'The mine',
  category: 'location',
  content: 'Closed.',
  tags: ['north'],
  npcs: ['greta'],
};

test('blanks around a title and empty tags are no change, a letter and an order are', () => {
  expect(changedFields({ ...base, title: ' The mine ', tags: ['north', ' '] }, base)).toEqual([]);
  expect(changedFields({ ...base, content: 'Closed. ' }, base)).toEqual(['content']);
  expect(changedFields({ ...base, npcs: [] }, base)).toEqual(['npcs']);
  expect(changedFields({ ...base, tags: ['a', 'b'] }, { ...base, tags: ['b', 'a'] })).toEqual(['tags']);
});

test('what only one side changed is merged', () => {
  const mine = { ...base, content: 'Open.' };
  const theirs = { ...base, title: 'The silver mine', tags: ['south'] };
  expect(merge(base, mine, theirs)).toEqual({
    fields: { ...base, content: 'Open.', title: 'The silver mine', tags: ['south'] },
    taken: ['title', 'tags'],
    conflicts: [],
  });
});

test('the same field on both sides is a conflict, and mine stands', () => {
  const merged = merge(base, { ...base, content: 'Open.' }, { ...base, content: 'Flooded.' });
  expect(merged).toEqual({ fields: { ...base, content: 'Open.' }, taken: [], conflicts: ['content'] });
});

test('the same words on both sides are none', () => {
  expect(merge(base, { ...base, content: 'Open.' }, { ...base, content: 'Open.' }).conflicts).toEqual([]);
});

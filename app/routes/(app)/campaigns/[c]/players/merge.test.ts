import { expect, test } from 'vitest';
import { type CharacterValues, merge, sameCharacter } from './merge.ts';

const base: CharacterValues = { name: 'Torben', aliases: ['Torbi'], colour: 2 };

test('what only one side changed stands', () => {
  const merged = merge(base, { ...base, name: 'Brannor' }, { ...base, aliases: ['Torbi', 'T'], colour: 5 });
  expect(merged).toEqual({ values: { name: 'Brannor', aliases: ['Torbi', 'T'], colour: 5 }, conflicts: [] });
});

test('what both changed to the same is settled, blanks or not', () => {
  const merged = merge(base, { ...base, name: 'Brannor ' }, { ...base, name: 'Brannor' });
  expect(merged.conflicts).toEqual([]);
  expect(sameCharacter(merged.values, { ...base, name: 'Brannor' })).toBe(true);
});

test('what both changed differently stays mine until somebody decides', () => {
  const mine: CharacterValues = { name: 'Brannor', aliases: [], colour: 3 };
  const merged = merge(base, mine, { name: 'Bran', aliases: ['B'], colour: 2 });
  expect(merged).toEqual({ values: mine, conflicts: ['name', 'aliases'] });
});

test('a character that was forgotten meanwhile is none, unless it was written anew', () => {
  const none: CharacterValues = { name: '', aliases: [], colour: 1 };
  expect(merge(base, base, none)).toEqual({ values: none, conflicts: [] });
  expect(merge(base, { ...base, name: 'Brannor' }, none).conflicts).toEqual(['name']);
});

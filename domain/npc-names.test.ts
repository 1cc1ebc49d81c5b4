import { expect, test } from 'vitest';
import { nameWarnings } from './npc-names.ts';

test.each([
  ['Karl', 'Carl'],
  ['Greta', 'Gretta'],
  ['Filip', 'Philipp'],
  ['Jürgen', 'Jurgen'],
])('%s sounds like %s', (name, other) => {
  expect(nameWarnings(name, [other, 'Osric']).soundsLike).toBe(other);
});

test('different names do not sound alike', () => {
  expect(nameWarnings('Heinrich', ['Mathilde', 'Osric', 'Brandt']).soundsLike).toBeNull();
});

test('a name without a word of four letters is hard to hear', () => {
  expect(nameWarnings('Ug Zor', []).short).toBe(true);
  expect(nameWarnings('Frau Ug', []).short).toBe(false);
  expect(nameWarnings('', []).short).toBe(false);
});

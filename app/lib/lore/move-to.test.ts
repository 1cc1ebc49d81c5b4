import { expect, test } from 'vitest';
import { moveTo } from './move-to.ts';

test('an entry moves up, down, and not beyond the ends', () => {
  const list = ['a', 'b', 'c', 'd'];
  expect(moveTo(list, 'c', 0)).toEqual(['c', 'a', 'b', 'd']);
  expect(moveTo(list, 'a', 2)).toEqual(['b', 'c', 'a', 'd']);
  expect(moveTo(list, 'a', 99)).toEqual(['b', 'c', 'd', 'a']);
  expect(moveTo(list, 'd', -5)).toEqual(['d', 'a', 'b', 'c']);
});

test('what changes nothing gives the same list back', () => {
  const list = ['a', 'b'];
  expect(moveTo(list, 'a', -1)).toBe(list);
  expect(moveTo(list, 'b', 5)).toBe(list);
  expect(moveTo(list, 'x', 0)).toBe(list);
});

import { expect, test } from 'vitest';
import { certainty, factText, factValue, isFiltered, kindOf, linkWords, readQuery } from './graph.ts';

test('an address without anything is the list', () => {
  const query = readQuery(new URLSearchParams());
  expect(query).toMatchObject({ view: 'list', kind: null, entry: null, steps: 1, show: 25 });
  expect(isFiltered(query)).toBe(false);
});

test('what an address cannot mean is left out', () => {
  const query = readQuery(new URLSearchParams('view=moon&kind=god&steps=9&show=1e99&certain=maybe'));
  expect(query).toMatchObject({ view: 'list', kind: null, steps: 1, show: 25, confirmed: false });
  expect(readQuery(new URLSearchParams('show=90000')).show).toBe(5000);
});

test('unknown types are other, links are words', () => {
  expect(kindOf('location')).toBe('location');
  expect(kindOf('weather')).toBe('other');
  expect(linkWords('member_of')).toBe('member of');
});

test('certainty is a share, whether it came as number or text', () => {
  expect(certainty({ confidence: 0.9 })).toBe(0.9);
  expect(certainty({ confidence: '0.7' })).toBe(0.7);
  expect(certainty({ confidence: 7 })).toBeNull();
  expect(certainty({ confidence: '' })).toBeNull();
  expect(certainty(undefined)).toBeNull();
});

test('a fact keeps its type as long as the text is of it', () => {
  expect(factText(['a', 1])).toBe('["a",1]');
  expect(factValue('["a"]', ['a', 1])).toEqual(['a']);
  expect(factValue('71', 70)).toBe(71);
  expect(factValue('71', '70')).toBe('71');
  expect(factValue('old', 70)).toBe('old');
  expect(factValue('12', undefined)).toBe('12');
});

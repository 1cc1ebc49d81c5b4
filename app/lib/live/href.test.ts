import { expect, test } from 'vitest';
import { toggled, withQuery } from './href.ts';

test('changes what is given and keeps the rest', () => {
  expect(withQuery('/sessions', '?state=ended&campaign=c1', { after: 'x~1' })).toBe(
    '/sessions?state=ended&campaign=c1&after=x%7E1',
  );
  expect(withQuery('/sessions', '?state=ended', { state: null })).toBe('/sessions');
  expect(withQuery('/sessions', '', { state: '', q: 'a b' })).toBe('/sessions?q=a+b');
});

test('toggling twice changes nothing, and the given set never', () => {
  const set: ReadonlySet<string> = new Set(['a']);
  expect([...toggled(set, 'b')]).toEqual(['a', 'b']);
  expect([...toggled(toggled(set, 'a'), 'a')]).toEqual(['a']);
  expect([...set]).toEqual(['a']);
});

import { expect, test } from 'vitest';
import { searchOf } from './search-of.ts';

test('names are set, replaced and taken away', () => {
  expect(searchOf('?q=old+mine&view=both', { view: null })).toBe('?q=old+mine');
  expect(searchOf('?q=a', { q: 'b & c', category: 'rules' })).toBe('?q=b+%26+c&category=rules');
  expect(searchOf('?view=both', { view: null, q: '' })).toBe('');
});

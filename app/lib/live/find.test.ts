import { expect, test } from 'vitest';
import { contains, markParts } from './find.ts';

test('cuts a text at every find and loses no letter', () => {
  const parts = markParts('Das Siegel? Kein SIEGEL.', 'siegel');
  expect(parts.filter((part) => part.found).map((part) => part.text)).toEqual(['Siegel', 'SIEGEL']);
  expect(parts.map((part) => part.text).join('')).toBe('Das Siegel? Kein SIEGEL.');
});

test('nothing looked for marks nothing', () => {
  expect(markParts('Hm.', '  ')).toEqual([{ text: 'Hm.', found: false }]);
  expect(contains('Hm.', '')).toBe(false);
});

test('signs of patterns are plain letters', () => {
  expect(contains('Was (nun)?', '(nun)?')).toBe(true);
  expect(contains('Was nun', '.*')).toBe(false);
});

import { expect, test } from 'vitest';
import { jsonNumber } from './json-numbers.ts';

test('a numeric is a number, however many digits it is kept with', () => {
  expect(jsonNumber('32.00')).toBe(32);
  expect(jsonNumber('-0.000450')).toBe(-0.00045);
  expect(jsonNumber('4')).toBe(4);
});

test('what JSON has no number for stays a text', () => {
  for (const text of ['NaN', 'Infinity', '-Infinity']) expect(jsonNumber(text)).toBe(text);
});

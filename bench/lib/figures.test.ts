import { expect, test } from 'vitest';
import { percentile } from './figures.ts';

test('percentile takes the nearest rank', () => {
  const samples = [5, 1, 4, 2, 3];
  expect(percentile(samples, 0.5)).toBe(3);
  expect(percentile(samples, 0.99)).toBe(5);
  expect(percentile([7], 0.01)).toBe(7);
});

import { expect, test } from 'vitest';
import { roundScale } from './chart.ts';

test('lines lie on round numbers, the highest bar below the top', () => {
  expect(roundScale(0)).toEqual({ top: 1, lines: [0, 1] });
  expect(roundScale(3)).toEqual({ top: 3, lines: [0, 1, 2, 3] });
  expect(roundScale(9)).toEqual({ top: 10, lines: [0, 2, 4, 6, 8, 10] });
  expect(roundScale(41_300)).toEqual({ top: 50_000, lines: [0, 10_000, 20_000, 30_000, 40_000, 50_000] });
  for (const highest of [1, 7, 12, 99, 900, 1234, 65_537, 9_999_999]) {
    const { top, lines } = roundScale(highest);
    expect(top).toBeGreaterThanOrEqual(highest);
    expect(lines.length).toBeLessThanOrEqual(6);
  }
});

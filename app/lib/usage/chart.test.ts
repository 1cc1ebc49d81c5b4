import { expect, test } from 'vitest';
import { scale } from './chart.ts';

test('lines lie on round hours, the highest bar below the top', () => {
  expect(scale(0)).toEqual({ top: 1, lines: [0, 0.5, 1] });
  expect(scale(3.2)).toEqual({ top: 4, lines: [0, 1, 2, 3, 4] });
  expect(scale(4)).toEqual({ top: 4, lines: [0, 1, 2, 3, 4] });
  expect(scale(11)).toEqual({ top: 15, lines: [0, 5, 10, 15] });
  for (const hours of [0.1, 7.9, 23, 24, 99, 700]) {
    const { top, lines } = scale(hours);
    expect(top).toBeGreaterThanOrEqual(hours);
    expect(lines.length).toBeLessThanOrEqual(6);
  }
});

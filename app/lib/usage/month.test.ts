import { expect, test } from 'vitest';
import { firstDay, monthChoices } from './month.ts';

test('an address names a month or none', () => {
  expect(firstDay('2026-05')).toBe('2026-05-01');
  for (const wrong of [null, '', '2026-13', '2026-5', '1999-05', '2026-05-01', "2026-05' or 1=1"]) {
    expect(firstDay(wrong)).toBeNull();
  }
});

test('a year of months, over the turn of the year, and what an old link asks for', () => {
  const months = monthChoices(new Date('2026-02-28T23:00:00Z'), null);
  expect(months).toHaveLength(12);
  expect(months.slice(0, 3)).toEqual(['2026-02', '2026-01', '2025-12']);
  expect(monthChoices(new Date('2026-02-28T23:00:00Z'), '2024-07').at(-1)).toBe('2024-07');
  expect(monthChoices(new Date('2026-02-28T23:00:00Z'), '2026-01')).toHaveLength(12);
});

import type { MonthOfRevenue, Moved } from './types.ts';

/** How far back one can look. */
export const revenueMonths = [6, 12, 24, 36] as const;

export function readMonths(value: string | null): number {
  return revenueMonths.find((count) => String(count) === value) ?? 12;
}

const nothing: Moved = {
  mrr_cents: 0,
  paying: 0,
  new: 0,
  new_cents: 0,
  lost: 0,
  lost_cents: 0,
  up_cents: 0,
  down_cents: 0,
};

/** What a month brought in one currency; a month without any is all noughts. */
export function movedIn(month: MonthOfRevenue, currency: string): Moved {
  return month.currencies[currency] ?? nothing;
}

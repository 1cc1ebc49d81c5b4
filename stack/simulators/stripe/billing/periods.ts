import type Stripe from 'stripe';

export const day = 86_400;

/**
 * The end of the n-th period after `anchor`. Months and years go by the calendar in UTC: a period that began on the 31st ends on the
 * last day of a shorter month, and the one after that on the 31st again.
 */
export function periodAfter(anchor: number, recurring: Stripe.Price.Recurring, n: number): number {
  const count = recurring.interval_count * n;
  switch (recurring.interval) {
    case 'day':
      return anchor + count * day;
    case 'week':
      return anchor + count * 7 * day;
    case 'year':
      return addMonths(anchor, 12 * count);
    default:
      return addMonths(anchor, count);
  }
}

/** The first end of a period that lies after `instant`. */
export function nextPeriodEnd(anchor: number, recurring: Stripe.Price.Recurring, instant: number): number {
  let n = 0;
  while (periodAfter(anchor, recurring, n) <= instant) n += 1;
  return periodAfter(anchor, recurring, n);
}

function addMonths(seconds: number, months: number): number {
  const date = new Date(seconds * 1_000);
  const target = new Date(date);
  target.setUTCDate(1);
  target.setUTCMonth(target.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(date.getUTCDate(), lastDay));
  return target.getTime() / 1_000;
}

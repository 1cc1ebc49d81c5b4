import { expect, test } from 'vitest';
import { freeMonths, intervalOf, type PricedPlan, priceOf } from './plan.ts';

const plan = (monthly: number, yearly: number | null): PricedPlan => ({
  id: 'p',
  name: 'P',
  tier_order: 1,
  price_monthly_cents: monthly,
  price_yearly_cents: yearly,
  currency: 'usd',
  session_cap: null,
  max_session_hours: null,
  max_npcs: null,
  max_campaigns: null,
  max_seats: null,
  max_concurrent_sessions: null,
  voice_tier: 'basic',
  custom_voices: false,
  knowledge_graph: false,
  priority_support: false,
});

test('a year saves whole months, the least of all plans, and free plans save none', () => {
  expect(freeMonths([plan(0, null), plan(900, 9000), plan(1900, 19000)])).toBe(2);
  expect(freeMonths([plan(900, 9000), plan(1900, 21000)])).toBe(0);
  expect(freeMonths([plan(900, 10800)])).toBe(0);
  expect(freeMonths([plan(0, null)])).toBe(0);
});

test('what is not sold by the year costs its month', () => {
  expect(priceOf(plan(900, 9000), 'yearly')).toBe(9000);
  expect(priceOf(plan(0, null), 'yearly')).toBe(0);
});

test('addresses say year, everything else is a month', () => {
  expect(intervalOf(new URLSearchParams('pay=year'))).toBe('yearly');
  expect(intervalOf(new URLSearchParams('pay=decade'))).toBe('monthly');
});

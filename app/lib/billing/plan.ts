export type Interval = 'monthly' | 'yearly';

/** A row of `mgmt.subscription_plans`. Null limits are unlimited; a yearly price of null is not sold by the year. */
export interface PricedPlan {
  id: string;
  name: string;
  tier_order: number;
  price_monthly_cents: number;
  price_yearly_cents: number | null;
  currency: string;
  session_cap: number | null;
  max_session_hours: number | null;
  max_npcs: number | null;
  max_campaigns: number | null;
  max_seats: number | null;
  max_concurrent_sessions: number | null;
  voice_tier: string;
  custom_voices: boolean;
  knowledge_graph: boolean;
  priority_support: boolean;
}

/** `?pay=year` in addresses. */
export function intervalOf(search: URLSearchParams): Interval {
  return search.get('pay') === 'year' ? 'yearly' : 'monthly';
}

export function payQuery(interval: Interval): string {
  return interval === 'yearly' ? '?pay=year' : '';
}

export function isFree(plan: PricedPlan): boolean {
  return plan.price_monthly_cents === 0;
}

/** What a plan costs for one interval. A free plan costs nothing for any. */
export function priceOf(plan: PricedPlan, interval: Interval): number {
  return interval === 'yearly' ? (plan.price_yearly_cents ?? plan.price_monthly_cents) : plan.price_monthly_cents;
}

/** How many months a year is cheaper than twelve single ones, in whole months; 0 where plans differ or nothing is saved. */
export function freeMonths(plans: readonly PricedPlan[]): number {
  const saved = plans
    .filter((plan) => !isFree(plan) && plan.price_yearly_cents !== null)
    .map((plan) => 12 - (plan.price_yearly_cents ?? 0) / plan.price_monthly_cents);
  const least = Math.floor(Math.min(...saved));
  return Number.isFinite(least) && least > 0 ? least : 0;
}

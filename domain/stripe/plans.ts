// Plans of the database and prices of Stripe: joined by lookup key, and by metadata where a key has moved on to a newer price.
import type { Stripe } from './client.ts';

export const intervals = ['monthly', 'yearly'] as const;
export type Interval = (typeof intervals)[number];

/** The columns of `mgmt.subscription_plans` that money needs. */
export interface Plan {
  id: string;
  name: string;
  tier_order: number;
  price_monthly_cents: number;
  price_yearly_cents: number | null;
  currency: string;
  lookup_key_monthly: string | null;
  lookup_key_yearly: string | null;
}

export const planColumns =
  'id, name, tier_order, price_monthly_cents, price_yearly_cents, currency, lookup_key_monthly, lookup_key_yearly';

export interface PlanChoice {
  plan: Plan;
  interval: Interval;
}

export function lookupKey(plan: Plan, interval: Interval): string | null {
  return interval === 'monthly' ? plan.lookup_key_monthly : plan.lookup_key_yearly;
}

export function amountCents(plan: Plan, interval: Interval): number | null {
  return interval === 'monthly' ? plan.price_monthly_cents : plan.price_yearly_cents;
}

/** The price that a plan is sold at now; undefined when Stripe has none under its lookup key. */
export async function findPrice(stripe: Stripe, lookup: string): Promise<Stripe.Price | undefined> {
  const { data } = await stripe.prices.list({ lookup_keys: [lookup], active: true, limit: 1 });
  return data[0];
}

/** What a price buys. One that lost its lookup key to a newer amount still says so in its metadata. */
export function choiceOf(
  plans: readonly Plan[],
  price: Pick<Stripe.Price, 'lookup_key' | 'metadata'>,
): PlanChoice | undefined {
  for (const plan of plans) {
    for (const interval of intervals) {
      const key = lookupKey(plan, interval);
      const isIt = price.lookup_key
        ? key === price.lookup_key
        : price.metadata['plan_id'] === plan.id && price.metadata['interval'] === interval;
      if (isIt) return { plan, interval };
    }
  }
  return undefined;
}

export type ChangeKind = 'same' | 'upgrade' | 'downgrade' | 'cancel';

/**
 * A higher plan, and the same plan by the year instead of by the month, begin at once; a lower plan, and the same plan by the month,
 * when the paid period ends; the free plan is the end of paying.
 */
export function kindOfChange(from: PlanChoice, to: PlanChoice): ChangeKind {
  if (lookupKey(to.plan, to.interval) === null) return 'cancel';
  const tiers = to.plan.tier_order - from.plan.tier_order;
  if (tiers !== 0) return tiers > 0 ? 'upgrade' : 'downgrade';
  if (to.interval === from.interval) return 'same';
  return to.interval === 'yearly' ? 'upgrade' : 'downgrade';
}

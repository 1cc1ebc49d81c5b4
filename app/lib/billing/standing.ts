import type { Interval } from './plan.ts';

const dayMs = 86_400_000;
const graceDays = 7;

/** The live row of `mgmt.subscriptions`, as far as pages show it. */
export interface Subscription {
  plan_id: string;
  next_plan_id: string | null;
  next_billing_interval: string | null;
  status: string;
  billing_interval: string;
  stripe_subscription_id: string | null;
  current_period_end: string;
  trial_end: string | null;
  cancel_at_period_end: boolean;
  grace_period_end: string | null;
}

/** How a table stands with its plan: exactly one of these is said at a time. */
export type Standing =
  | { kind: 'free' }
  /** The fourteen days without a card. */
  | { kind: 'trial'; until: Date }
  | { kind: 'active'; next: Date }
  | { kind: 'changing'; on: Date; plan: string; interval: Interval }
  | { kind: 'ending'; on: Date }
  | { kind: 'past_due'; until: Date }
  | { kind: 'suspended'; since: Date | null }
  | { kind: 'incomplete' | 'paused' | 'over' };

/**
 * `effective` is what `mgmt.me()` says about status and plan at this moment: a trial that ended or a grace that ran out counts
 * before the row follows.
 */
export function standingOf(
  row: Subscription | null,
  effective: { status: string | undefined; plan: string | undefined },
): Standing {
  if (!row) return { kind: 'free' };
  const status = effective.status ?? row.status;
  const end = new Date(row.current_period_end);
  const grace = row.grace_period_end ? new Date(row.grace_period_end) : null;
  if (status === 'incomplete' || status === 'paused') return { kind: status };
  if (status === 'suspended') {
    return { kind: 'suspended', since: grace && new Date(grace.getTime() - graceDays * dayMs) };
  }
  if (effective.plan === 'apprentice' && row.plan_id !== 'apprentice') return { kind: 'free' };
  if (status === 'past_due' && grace) return { kind: 'past_due', until: grace };
  if (status === 'canceled' && !row.cancel_at_period_end) return { kind: 'over' };
  if (row.cancel_at_period_end || status === 'canceled') return { kind: 'ending', on: end };
  if (row.next_plan_id) {
    const interval = row.next_billing_interval === 'yearly' ? 'yearly' : 'monthly';
    return { kind: 'changing', on: end, plan: row.next_plan_id, interval };
  }
  if (!row.stripe_subscription_id) {
    return status === 'trialing' && row.trial_end
      ? { kind: 'trial', until: new Date(row.trial_end) }
      : { kind: 'free' };
  }
  return { kind: 'active', next: end };
}

/** Whether there is a subscription at Stripe, which is changed there and not bought a second time. */
export function paysAtStripe(row: Subscription | null): boolean {
  return row !== null && row.stripe_subscription_id !== null && row.status !== 'canceled';
}

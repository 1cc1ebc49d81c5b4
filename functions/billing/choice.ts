import { z } from 'zod';
import {
  findPrice,
  type Interval,
  intervals,
  lookupKey,
  type Plan,
  type PlanChoice,
} from '../../domain/stripe/plans.ts';
import type { Stripe } from '../../domain/stripe/client.ts';
import type { KeyOf } from '../../domain/stripe/subscriptions.ts';
import { AppError } from '../_shared/app-error.ts';

/** One key per intent of a person: a double tap or a resend carries the same, a new try after a refusal a new one. */
export const intentFields = { idempotency_key: z.uuid().optional() };

export const choiceInput = z.object({
  plan_id: z.string().min(1).max(64),
  interval: z.enum(intervals).default('monthly'),
  ...intentFields,
});

/** Keys for the writes that one request makes: the same for a repeat of the same intent, new for every other. */
export function keysFor(idempotencyKey: string = crypto.randomUUID()): KeyOf {
  return (intent) => `${intent}:${idempotencyKey}`;
}

/** The plan that was asked for; one that is free has no price and therefore no interval of its own. */
export function pick(plans: readonly Plan[], planId: string, interval: Interval): PlanChoice {
  const plan = plans.find(({ id }) => id === planId);
  if (!plan) throw new AppError('validation', 'plan_id: There is no such plan.', { field: 'plan_id' });
  return { plan, interval };
}

export function isFree({ plan, interval }: PlanChoice): boolean {
  return lookupKey(plan, interval) === null;
}

/** The price at Stripe of a plan that costs something. */
export async function priceOf(stripe: Stripe, choice: PlanChoice): Promise<Stripe.Price> {
  const key = lookupKey(choice.plan, choice.interval);
  const price = key === null ? undefined : await findPrice(stripe, key);
  if (!price) {
    throw new AppError('billing_not_configured', `The plan ${choice.plan.name} has no price at Stripe yet.`, {
      hint: 'Ask the operator to run `npm run billing:setup`.',
    });
  }
  return price;
}

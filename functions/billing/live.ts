import type { Stripe } from '../../domain/stripe/client.ts';
import type { Plan } from '../../domain/stripe/plans.ts';
import {
  type KeyOf,
  openInvoiceUrl,
  readSubscription,
  type SubscriptionState,
} from '../../domain/stripe/subscriptions.ts';
import { AppError } from '../_shared/app-error.ts';
import type { BillingContext } from './context.ts';
import { isOvertaken } from './explain.ts';

/** The id of the subscription that the table pays, if the database knows of one. */
export function paidSubscriptionId({ subscription }: BillingContext): string | undefined {
  return subscription && subscription.status !== 'canceled'
    ? (subscription.stripe_subscription_id ?? undefined)
    : undefined;
}

export function noPaidPlan(): AppError {
  return new AppError('no_paid_plan', 'Your table has no paid plan.', { hint: 'Choose one under Plans.' });
}

/** The table's subscription as Stripe has it at this moment. What is over at Stripe is no paid plan. */
export async function readLive(
  stripe: Stripe,
  context: BillingContext,
  plans: readonly Plan[],
): Promise<SubscriptionState> {
  const id = paidSubscriptionId(context);
  if (!id) throw noPaidPlan();
  const state = await readSubscription(stripe, id, plans);
  const { metadata, status } = state.subscription;
  if (metadata['tenant_id'] !== context.tenant.id) {
    throw new Error(`Subscription ${id} is not marked as that of tenant ${context.tenant.id}.`);
  }
  if (status === 'canceled' || status === 'incomplete_expired') throw noPaidPlan();
  return state;
}

/**
 * Does `act` with the subscription as it is. When Stripe refuses because another request was faster, once more with what that one
 * left behind: two clicks end where one does.
 */
export async function withLive(
  stripe: Stripe,
  context: BillingContext,
  plans: readonly Plan[],
  keyOf: KeyOf,
  act: (state: SubscriptionState, keyOf: KeyOf) => Promise<Response>,
): Promise<Response> {
  const state = await readLive(stripe, context, plans);
  try {
    return await act(state, keyOf);
  } catch (thrown) {
    if (!isOvertaken(thrown)) throw thrown;
    return await act(await readLive(stripe, context, plans), (intent) => `${keyOf(intent)}:again`);
  }
}

/** A plan changes only when what it cost so far is paid. */
export function requirePaid({ subscription }: SubscriptionState): void {
  const url = openInvoiceUrl(subscription) ?? undefined;
  if (subscription.status === 'incomplete') {
    throw new AppError('payment_incomplete', 'Your first payment is not finished.', {
      hint: 'Finish it at Stripe first.',
      url,
    });
  }
  if (subscription.status === 'past_due' || subscription.status === 'unpaid') {
    throw new AppError('payment_open', 'A payment of your plan is open.', {
      hint: 'Update your payment method first.',
      url,
    });
  }
}

import type { Stripe } from '../../domain/stripe/client.ts';
import { kindOfChange, type PlanChoice } from '../../domain/stripe/plans.ts';
import {
  endAtPeriodEnd,
  keepGoing,
  type KeyOf,
  releaseSchedule,
  scheduleDowngrade,
  type SubscriptionState,
  upgrade,
  upgradeOncePaid,
} from '../../domain/stripe/subscriptions.ts';
import { AppError } from '../_shared/app-error.ts';
import type { Call } from '../_shared/http.ts';
import { readBody } from '../_shared/input.ts';
import { choiceInput, keysFor, pick, priceOf } from './choice.ts';
import { readContext, readPlans } from './context.ts';
import type { BillingDeps } from './deps.ts';
import { needsConfirmation } from './explain.ts';
import { requirePaid, withLive } from './live.ts';
import { samePlan } from './preview.ts';

/** What was agreed with Stripe. The database follows by webhook. */
interface Changed {
  effective: 'now' | 'period_end';
  plan_id: string;
  interval: string;
  /** Null: at once. */
  effective_at: string | null;
}

/**
 * POST /change. An upgrade begins and is paid at once, a downgrade waits for the period's end, the free plan ends the subscription
 * there. The present plan again takes back what was planned. Doing the same once more changes nothing.
 */
export async function changePlan(deps: BillingDeps, call: Call): Promise<Response> {
  const user = deps.userClient(call);
  const context = await readContext(user);
  const input = await readBody(call.request, choiceInput);
  const plans = await readPlans(user);
  const to = pick(plans, input.plan_id, input.interval);
  const stripe = deps.stripe();
  return withLive(stripe, context, plans, keysFor(input.idempotency_key), (state, keyOf) =>
    changeTo(stripe, state, to, keyOf),
  );
}

async function changeTo(stripe: Stripe, state: SubscriptionState, to: PlanChoice, keyOf: KeyOf): Promise<Response> {
  requirePaid(state);
  const kind = state.current ? kindOfChange(state.current, to) : 'upgrade';
  switch (kind) {
    case 'same':
      if (!state.next && !state.isEnding) throw samePlan();
      await undoPlanned(stripe, state, keyOf);
      return answer(to);
    case 'cancel':
      await releaseSchedule(stripe, state, keyOf);
      if (!state.subscription.cancel_at_period_end) await endAtPeriodEnd(stripe, state, {}, keyOf);
      return answer(to, state.periodEnd);
    case 'downgrade':
      await planDowngrade(stripe, state, to, keyOf);
      return answer(to, state.periodEnd);
    case 'upgrade':
      await upgradeNow(stripe, state, to, keyOf);
      return answer(to);
  }
}

function answer({ plan, interval }: PlanChoice, effectiveAt?: number): Response {
  const changed: Changed = {
    effective: effectiveAt === undefined ? 'now' : 'period_end',
    plan_id: plan.id,
    interval,
    effective_at: effectiveAt === undefined ? null : new Date(effectiveAt * 1000).toISOString(),
  };
  return Response.json(changed);
}

/** Whatever was to happen at the period's end does not happen. */
export async function undoPlanned(stripe: Stripe, state: SubscriptionState, keyOf: KeyOf): Promise<void> {
  await releaseSchedule(stripe, state, keyOf);
  if (state.subscription.cancel_at_period_end) await keepGoing(stripe, state, keyOf);
}

async function planDowngrade(stripe: Stripe, state: SubscriptionState, to: PlanChoice, keyOf: KeyOf): Promise<void> {
  const { next } = state;
  if (state.scheduleId && next?.plan_id === to.plan.id && next.interval === to.interval) return;
  const price = await priceOf(stripe, to);
  if (state.subscription.cancel_at_period_end) await keepGoing(stripe, state, keyOf);
  await scheduleDowngrade(stripe, state, { priceId: price.id, ...to }, keyOf);
}

/** The new price first, and what was planned is forgotten after it: a card that is refused leaves everything as it was. */
async function upgradeNow(stripe: Stripe, state: SubscriptionState, to: PlanChoice, keyOf: KeyOf): Promise<void> {
  const price = await priceOf(stripe, to);
  try {
    await upgrade(stripe, state, price.id, keyOf);
  } catch (thrown) {
    // Stripe keeps a change waiting for a payment only where nothing else is planned.
    if (!needsConfirmation(thrown) || state.scheduleId || state.isEnding) throw thrown;
    const url = await upgradeOncePaid(stripe, state, price.id, keyOf);
    if (url) {
      throw new AppError('payment_action_required', 'Your bank wants you to confirm this payment.', {
        hint: 'Confirm it at Stripe; your plan changes as soon as it is paid.',
        url,
      });
    }
  }
  await undoPlanned(stripe, state, keyOf);
}

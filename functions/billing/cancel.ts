import { z } from 'zod';
import { endAtPeriodEnd, releaseSchedule } from '../../domain/stripe/subscriptions.ts';
import type { Call } from '../_shared/http.ts';
import { readBody } from '../_shared/input.ts';
import { undoPlanned } from './change.ts';
import { intentFields, keysFor } from './choice.ts';
import { readContext, readPlans } from './context.ts';
import type { BillingDeps } from './deps.ts';
import { withLive } from './live.ts';

/** Why people go, and what Stripe calls it. */
const feedback = {
  too_expensive: 'too_expensive',
  unused: 'unused',
  missing_features: 'missing_features',
  self_hosting: 'switched_service',
  other: 'other',
} as const;

const reasons = Object.keys(feedback) as (keyof typeof feedback)[];

const cancelInput = z.object({
  reason: z.enum(reasons).optional(),
  comment: z.string().trim().max(1000).optional(),
  ...intentFields,
});

/** POST /cancel. The plan ends when the paid period does. Doing it again only changes the reason. */
export async function cancelPlan(deps: BillingDeps, call: Call): Promise<Response> {
  const user = deps.userClient(call);
  const context = await readContext(user);
  const input = await readBody(call.request, cancelInput);
  const stripe = deps.stripe();
  const plans = await readPlans(user);
  const { reason, comment } = input;
  return withLive(stripe, context, plans, keysFor(input.idempotency_key), async (state, keyOf) => {
    await releaseSchedule(stripe, state, keyOf);
    await endAtPeriodEnd(stripe, state, { reason, comment, feedback: reason && feedback[reason] }, keyOf);
    return Response.json({ cancel_at: new Date(state.periodEnd * 1000).toISOString() });
  });
}

/** POST /reactivate. Takes back a cancellation or a change that waits for the period's end; with neither, nothing is to be done. */
export async function reactivatePlan(deps: BillingDeps, call: Call): Promise<Response> {
  const user = deps.userClient(call);
  const context = await readContext(user);
  const input = await readBody(call.request, z.object(intentFields));
  const stripe = deps.stripe();
  const plans = await readPlans(user);
  return withLive(stripe, context, plans, keysFor(input.idempotency_key), async (state, keyOf) => {
    await undoPlanned(stripe, state, keyOf);
    return Response.json({ renews_at: new Date(state.periodEnd * 1000).toISOString() });
  });
}

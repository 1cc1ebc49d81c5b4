import { amountCents, type ChangeKind, kindOfChange, type PlanChoice } from '../../domain/stripe/plans.ts';
import type { Stripe } from '../../domain/stripe/client.ts';
import type { SubscriptionState } from '../../domain/stripe/subscriptions.ts';
import { AppError } from '../_shared/app-error.ts';
import type { Call } from '../_shared/http.ts';
import { readBody } from '../_shared/input.ts';
import { choiceInput, isFree, pick, priceOf } from './choice.ts';
import { type BillingContext, readContext, readPlans } from './context.ts';
import type { BillingDeps } from './deps.ts';
import { paidSubscriptionId, readLive, requirePaid } from './live.ts';

/** What a change would mean. Amounts in cents of `currency`; without tax where Stripe does not know yet where the payer lives. */
interface Preview {
  /** Which of the other routes makes it so. */
  action: 'checkout' | 'change';
  kind: ChangeKind | 'first' | 'undo';
  due_now_cents: number;
  currency: string;
  next_amount_cents: number;
  /** Null when nothing more is to be paid, or nobody knows yet because nothing was. */
  next_date: string | null;
  effective: 'now' | 'period_end';
  /** When the change takes effect. Null: at once. */
  effective_at: string | null;
  /** What the table has more of than the plan allows. All of it is kept. */
  above_plan: BillingContext['above_plan'];
}

/** POST /preview. Asks Stripe what the change costs today and from when on how much. Changes nothing. */
export async function previewPlan(deps: BillingDeps, call: Call): Promise<Response> {
  const user = deps.userClient(call);
  const input = await readBody(call.request, choiceInput);
  const context = await readContext(user, input.plan_id);
  const plans = await readPlans(user);
  const to = pick(plans, input.plan_id, input.interval);
  const base = { currency: to.plan.currency, above_plan: context.above_plan };
  if (!paidSubscriptionId(context)) return Response.json({ ...base, ...first(to) } satisfies Preview);
  const stripe = deps.stripe();
  const state = await readLive(stripe, context, plans);
  requirePaid(state);
  const change = await previewChange(stripe, state, to);
  return Response.json({ ...base, ...change } satisfies Preview);
}

type Change = Omit<Preview, 'currency' | 'above_plan'> & { currency?: string };

function first(to: PlanChoice): Change {
  if (isFree(to)) throw samePlan();
  const cents = amountCents(to.plan, to.interval) ?? 0;
  return {
    action: 'checkout',
    kind: 'first',
    due_now_cents: cents,
    next_amount_cents: cents,
    next_date: null,
    effective: 'now',
    effective_at: null,
  };
}

async function previewChange(stripe: Stripe, state: SubscriptionState, to: PlanChoice): Promise<Change> {
  const kind = state.current ? kindOfChange(state.current, to) : 'upgrade';
  const periodEnd = isoTime(state.periodEnd);
  switch (kind) {
    case 'same':
      if (!state.next && !state.isEnding) throw samePlan();
      return {
        action: 'change',
        kind: 'undo',
        due_now_cents: 0,
        next_amount_cents: state.item.price.unit_amount ?? 0,
        next_date: periodEnd,
        effective: 'now',
        effective_at: null,
      };
    case 'cancel':
      return {
        action: 'change',
        kind,
        due_now_cents: 0,
        next_amount_cents: 0,
        next_date: null,
        effective: 'period_end',
        effective_at: periodEnd,
      };
    case 'downgrade': {
      const price = await priceOf(stripe, to);
      return {
        action: 'change',
        kind,
        due_now_cents: 0,
        currency: price.currency,
        next_amount_cents: price.unit_amount ?? 0,
        next_date: periodEnd,
        effective: 'period_end',
        effective_at: periodEnd,
      };
    }
    case 'upgrade': {
      const price = await priceOf(stripe, to);
      const invoice = await stripe.invoices.createPreview({
        subscription: state.subscription.id,
        subscription_details: {
          items: [{ id: state.item.id, price: price.id }],
          proration_behavior: 'always_invoice',
        },
      });
      // The last day that the lines of this invoice pay for is the day of the next one.
      const paidUntil = Math.max(state.periodEnd, ...invoice.lines.data.map(({ period }) => period.end));
      return {
        action: 'change',
        kind,
        due_now_cents: Math.max(0, invoice.amount_due),
        currency: invoice.currency,
        next_amount_cents: price.unit_amount ?? 0,
        next_date: isoTime(paidUntil),
        effective: 'now',
        effective_at: null,
      };
    }
  }
}

export function samePlan(): AppError {
  return new AppError('same_plan', 'Your table is on this plan already.');
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

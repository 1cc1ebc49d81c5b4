import type Stripe from 'stripe';
import { z } from 'zod';
import type { Account } from '../account.ts';
import { ApiError, invalid } from '../api/errors.ts';
import { expand, flag, ignored, integer, text } from '../api/parameters.ts';
import { periodEnd } from '../objects/subscription.ts';
import { changeSubscription } from './change.ts';
import { applyPhaseOf } from './phases.ts';
import { renew } from './renew.ts';
import { subscribe, trialEndFrom } from './subscribe.ts';

const item = z.strictObject({
  id: text.optional(),
  price: text.optional(),
  quantity: integer.optional(),
  deleted: flag.optional(),
});

export const previewSchema = z.strictObject({
  customer: text.optional(),
  subscription: text.optional(),
  schedule: text.optional(),
  subscription_details: z
    .strictObject({
      items: z.array(item).max(20).optional(),
      proration_behavior: z.enum(['create_prorations', 'always_invoice', 'none']).optional(),
      proration_date: integer.optional(),
      billing_cycle_anchor: z.strictObject({ type: z.enum(['now', 'unchanged']) }).optional(),
      cancel_at_period_end: flag.optional(),
      cancel_now: flag.optional(),
      trial_end: z.union([z.literal('now'), integer]).optional(),
    })
    .optional(),
  automatic_tax: z.strictObject({ enabled: flag }).optional(),
  customer_details: ignored.optional(),
  preview_mode: z.enum(['next', 'recurring']).optional(),
  currency: text.optional(),
  expand,
});

/**
 * The invoice that would come: for a new subscription, for a change of one, or for its renewal. With `always_invoice`, or a change
 * that begins a new period, that is what would be charged now; else it is the next renewal with the prorations it would carry.
 */
export function previewInvoice(account: Account, given: z.output<typeof previewSchema>): object {
  const invoice = account.preview(() => upcoming(account, given));
  const id = `upcoming_${invoice.id}`;
  return {
    ...invoice,
    id,
    status: 'draft',
    number: null,
    attempted: false,
    attempt_count: 0,
    amount_paid: 0,
    amount_remaining: invoice.amount_due,
    hosted_invoice_url: null,
    invoice_pdf: null,
    effective_at: null,
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    lines: {
      ...invoice.lines,
      data: invoice.lines.data.map((line) => ({ ...line, id: line.id.replace(/^il_/, 'il_tmp_'), invoice: id })),
      url: `/v1/invoices/${id}/lines`,
    },
  };
}

function upcoming(account: Account, given: z.output<typeof previewSchema>): Stripe.Invoice {
  const details = given.subscription_details ?? {};
  const schedule =
    given.schedule === undefined ? undefined : account.get('subscription_schedule', given.schedule, 'schedule');
  const id = given.subscription ?? (schedule?.subscription ? String(schedule.subscription) : undefined);
  if (id === undefined) return firstInvoice(account, given);
  const before = account.get('subscription', id, 'subscription');
  if (given.customer !== undefined && before.customer !== given.customer)
    throw invalid(`The subscription ${id} does not belong to the customer ${given.customer}.`, {
      param: 'subscription',
    });
  if (before.status === 'canceled' || before.status === 'incomplete_expired') throw nothingUpcoming(id);
  const made = changeSubscription(account, id, {
    items: details.items,
    prorationBehavior: details.proration_behavior ?? 'create_prorations',
    prorationDate: details.proration_date,
    paymentBehavior: 'allow_incomplete',
    resetAnchor: details.billing_cycle_anchor?.type === 'now',
    trialEnd: details.trial_end,
    fields: {
      ...(details.cancel_at_period_end !== undefined && { cancel_at_period_end: details.cancel_at_period_end }),
      ...(details.cancel_at_period_end === false && { cancel_at: null }),
    },
  });
  if (made && given.preview_mode !== 'recurring') return made;
  const end = periodEnd(account.get('subscription', id).items.data);
  const next = account.clock.at(end, () => {
    applyPhaseOf(account, id);
    return renew(account, id);
  });
  if (!next) throw nothingUpcoming(id);
  return account.get('invoice', next.id);
}

function firstInvoice(account: Account, given: z.output<typeof previewSchema>): Stripe.Invoice {
  const { items, trial_end: end } = given.subscription_details ?? {};
  if (!items || !given.customer)
    throw invalid('You must provide either a subscription, or a customer with subscription_details[items].', {
      code: 'parameter_missing',
    });
  const { subscription } = subscribe(account, {
    customer: given.customer,
    items: items.map(({ price, quantity }, index) => {
      if (price === undefined)
        throw invalid(`Missing required param: subscription_details[items][${index}][price].`, {
          code: 'parameter_missing',
        });
      return { price, quantity };
    }),
    metadata: {},
    trialEnd: trialEndFrom(account, { trial_end: end }),
    automaticTax: given.automatic_tax?.enabled,
    paymentBehavior: 'allow_incomplete',
  });
  return account.get('invoice', String(subscription.latest_invoice));
}

function nothingUpcoming(id: string): ApiError {
  return new ApiError(404, {
    type: 'invalid_request_error',
    code: 'invoice_upcoming_none',
    message: `No upcoming invoices for subscription: ${id}`,
  });
}

import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { voidInvoice } from './invoicing.ts';

export interface Ending {
  reason: Stripe.Subscription.CancellationDetails.Reason;
  comment?: string | null | undefined;
  feedback?: Stripe.Subscription.CancellationDetails.Feedback | null | undefined;
}

/** Ends a subscription now. Open invoices stay open, but nobody tries to collect them any more. */
export function endSubscription(account: Account, id: string, ending: Ending): Stripe.Subscription {
  const subscription = account.get('subscription', id);
  const now = account.now();
  for (const invoice of account.store.all('invoice')) {
    if (invoice.parent?.subscription_details?.subscription !== id) continue;
    if (invoice.status === 'draft' || invoice.status === 'open')
      account.change('invoice', invoice.id, {
        auto_advance: false,
        next_payment_attempt: null,
        automatically_finalizes_at: null,
      });
  }
  for (const { id: line, subscription: of } of account.store.all('pending_line'))
    if (of === id) account.store.remove('pending_line', line);
  const schedule = account.store.find('subscription_schedule', subscription.schedule && String(subscription.schedule));
  if (schedule?.status === 'active')
    account.change(
      'subscription_schedule',
      schedule.id,
      { status: 'canceled', canceled_at: now, current_phase: null },
      'subscription_schedule.canceled',
    );
  account.change('subscription', id, {
    status: 'canceled',
    canceled_at: subscription.canceled_at ?? now,
    ended_at: now,
    cancel_at_period_end: false,
    cancellation_details: {
      ...subscription.cancellation_details,
      comment: ending.comment ?? subscription.cancellation_details?.comment ?? null,
      feedback: ending.feedback ?? subscription.cancellation_details?.feedback ?? null,
      feedback_option: null,
      reason: ending.reason,
    },
    schedule: null,
  });
  const ended = account.get('subscription', id);
  account.tell('customer.subscription.deleted', ended);
  return ended;
}

/** Nobody paid the first invoice in time: as if it had never begun. */
export function expireIncomplete(account: Account, id: string): void {
  const { latest_invoice: latest } = account.get('subscription', id);
  const invoice = account.store.find('invoice', latest ? String(latest) : undefined);
  if (invoice?.status === 'open') voidInvoice(account, invoice.id);
  account.change(
    'subscription',
    id,
    { status: 'incomplete_expired', ended_at: account.now() },
    'customer.subscription.updated',
  );
}

import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { cardError, invalid } from '../api/errors.ts';
import { behaviourOf, type Decline } from '../objects/cards.ts';
import { charge } from '../objects/payments.ts';
import { closePayment, openPayment, subscriptionOf } from './invoicing.ts';
import { keepNote, noteOf } from './notes.ts';
import { day } from './periods.ts';
import { afterLastRetry, afterPayment, becomePastDue } from './standing.ts';
import { isWaitingFor } from './waiting-items.ts';

export type Outcome = { kind: 'paid' } | { kind: 'declined'; decline: Decline } | { kind: 'unconfirmed' };

export interface Attempt {
  /** The card to use instead of the subscription's or the customer's. */
  paymentMethod?: string | undefined;
  /** Its owner has just confirmed this payment. */
  confirmed?: boolean;
  /** The owner is here: nothing is tried again later by itself. */
  onSession?: boolean;
}

/** Tries to collect an open invoice, and lets subscription and events follow the outcome. */
export function collect(account: Account, id: string, attempt: Attempt = {}): Outcome {
  const invoice = account.get('invoice', id);
  if (account.previewing || invoice.amount_due === 0) {
    markPaid(account, id);
    return { kind: 'paid' };
  }
  const method = account.store.find('payment_method', attempt.paymentMethod ?? cardFor(account, invoice));
  const intent = openPayment(account, id);
  if (!intent)
    throw invalid('This invoice has no payment to be made.', { code: 'invoice_payment_intent_requires_action' });
  if (!method) return fail(account, id, intent.id, undefined, noCard, attempt);
  const decline = declineOf(account, invoice, method);
  if (decline) return fail(account, id, intent.id, method, decline, attempt);
  const card = account.store.find('card', method.id);
  const { confirm } = behaviourOf(card?.number ?? '');
  if (!attempt.confirmed && (confirm === 'always' || (confirm === 'once' && !card?.confirmed)))
    return askOwner(account, id, intent.id, method, attempt);
  if (card && attempt.confirmed) account.store.put('card', { ...card, confirmed: true });
  succeed(account, intent.id, method);
  markPaid(account, id);
  return { kind: 'paid' };
}

const noCard: Decline = {
  code: 'resource_missing',
  message: 'This customer has no attached payment source or default payment method.',
};

/** The card that Stripe would use, or nothing. */
export function cardFor(account: Account, invoice: Stripe.Invoice): string | undefined {
  const subscription = subscriptionOf(account, invoice);
  const customer = account.store.find('customer', String(invoice.customer));
  const found =
    invoice.default_payment_method ??
    subscription?.default_payment_method ??
    (customer && !customer.deleted ? customer.invoice_settings.default_payment_method : null);
  return found ? String(found) : undefined;
}

function declineOf(account: Account, invoice: Stripe.Invoice, method: Stripe.PaymentMethod): Decline | undefined {
  const ordered = noteOf(account, String(invoice.customer)).declines;
  if (ordered) return { code: 'card_declined', decline_code: ordered, message: 'Your card was declined.' };
  const { decline, declineCharges } = behaviourOf(account.store.find('card', method.id)?.number ?? '');
  return decline ?? declineCharges;
}

function succeed(account: Account, intentId: string, method: Stripe.PaymentMethod): void {
  const intent = account.get('payment_intent', intentId);
  const id = account.newId('charge');
  const receipt = `${account.settings.baseUrl}/receipts/${id}`;
  account.create('charge', charge(id, account.now(), intent, method, receipt), 'charge.succeeded');
  account.change(
    'payment_intent',
    intentId,
    {
      status: 'succeeded',
      amount_received: intent.amount,
      latest_charge: id,
      payment_method: method.id,
      next_action: null,
      last_payment_error: null,
    },
    'payment_intent.succeeded',
  );
}

function fail(
  account: Account,
  id: string,
  intentId: string,
  method: Stripe.PaymentMethod | undefined,
  decline: Decline,
  attempt: Attempt,
): Outcome {
  const intent = account.get('payment_intent', intentId);
  const chargeId = method ? account.newId('charge') : null;
  if (method && chargeId)
    account.create('charge', charge(chargeId, account.now(), intent, method, '', decline), 'charge.failed');
  account.change(
    'payment_intent',
    intentId,
    {
      status: 'requires_payment_method',
      latest_charge: chargeId,
      payment_method: null,
      next_action: null,
      last_payment_error: {
        ...decline,
        ...(chargeId && { charge: chargeId }),
        ...(method && { payment_method: method, payment_method_type: 'card' }),
        type: 'card_error',
      },
    },
    'payment_intent.payment_failed',
  );
  countFailure(account, id, attempt);
  return { kind: 'declined', decline };
}

function askOwner(
  account: Account,
  id: string,
  intentId: string,
  method: Stripe.PaymentMethod,
  attempt: Attempt,
): Outcome {
  account.change(
    'payment_intent',
    intentId,
    {
      status: 'requires_action',
      payment_method: method.id,
      next_action: {
        type: 'redirect_to_url',
        redirect_to_url: { return_url: null, url: `${account.settings.baseUrl}/3ds/${id}` },
      },
    },
    'payment_intent.requires_action',
  );
  keepNote(account, id, { unconfirmed_card: method.id });
  countFailure(account, id, attempt);
  account.tell('invoice.payment_action_required', account.get('invoice', id));
  return { kind: 'unconfirmed' };
}

/** Plans the next try, or gives the subscription up when there is none. */
function countFailure(account: Account, id: string, attempt: Attempt): void {
  const invoice = account.get('invoice', id);
  const subscription = subscriptionOf(account, invoice);
  const now = account.now();
  const note = noteOf(account, id);
  const first = note.first_failure ?? now;
  const failures = (note.failures ?? 0) + (attempt.onSession && note.first_failure !== undefined ? 0 : 1);
  keepNote(account, id, { first_failure: first, failures });
  // Neither a first invoice nor one that a change waits for is tried again by itself.
  const incomplete = subscription?.status === 'incomplete' || isWaitingFor(subscription, id);
  const days = account.settings.retryDays[failures - 1];
  const next = incomplete || days === undefined ? null : Math.max(first + days * day, now + 1);
  account.change('invoice', id, {
    attempted: true,
    attempt_count: invoice.attempt_count + 1,
    next_payment_attempt: next,
  });
  account.tell('invoice.payment_failed', account.get('invoice', id));
  if (!subscription || incomplete) return;
  becomePastDue(account, subscription.id);
  if (next === null) afterLastRetry(account, subscription.id);
}

/** The invoice is settled; a subscription that waited for it is active again. */
export function markPaid(account: Account, id: string, outOfBand = false): Stripe.Invoice {
  const invoice = account.get('invoice', id);
  const now = account.now();
  closePayment(account, id, outOfBand ? 'canceled' : 'paid');
  const paid = account.change('invoice', id, {
    status: 'paid',
    amount_paid: outOfBand ? 0 : invoice.amount_due,
    amount_paid_off_stripe: outOfBand ? invoice.amount_due : 0,
    amount_remaining: 0,
    attempted: true,
    attempt_count: invoice.attempt_count + (invoice.amount_due > 0 ? 1 : 0),
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, paid_at: now },
  });
  account.tell('invoice.paid', paid);
  account.tell('invoice.payment_succeeded', paid);
  const subscription = subscriptionOf(account, invoice);
  if (subscription) afterPayment(account, subscription.id, id);
  return account.get('invoice', id);
}

/** The error by which a request learns that its payment failed. */
export function paymentError(account: Account, invoiceId: string, outcome: Outcome, commits: boolean): Error {
  const intent = openPayment(account, invoiceId);
  if (outcome.kind === 'unconfirmed')
    return cardError(
      {
        code: 'invoice_payment_intent_requires_action',
        message: 'This payment requires additional user action before it can be completed successfully.',
      },
      { payment_intent: intent },
      commits,
    );
  if (outcome.kind === 'paid') throw new Error('This payment did not fail');
  if (outcome.decline.code === 'resource_missing')
    return invalid(outcome.decline.message, { code: 'resource_missing' });
  const chargeId = intent?.latest_charge ? String(intent.latest_charge) : undefined;
  return cardError(outcome.decline, { charge: chargeId, payment_intent: intent }, commits);
}

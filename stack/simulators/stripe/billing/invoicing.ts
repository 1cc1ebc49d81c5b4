import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { invalid } from '../api/errors.ts';
import { newId } from '../ids.ts';
import { invoice, type Reason } from '../objects/invoice.ts';
import { invoicePayment, paymentIntent } from '../objects/payments.ts';
import { day } from './periods.ts';

/** Drafts of a renewal may be changed for this long before they are charged. */
export const draftSeconds = 3_600;

/** A draft of `lines`, which becomes the subscription's latest invoice. */
export function draftInvoice(
  account: Account,
  subscriptionId: string,
  reason: Reason,
  lines: Stripe.InvoiceLineItem[],
  period = { start: account.now(), end: account.now() },
): Stripe.Invoice {
  const subscription = account.get('subscription', subscriptionId);
  const customer = account.customer(String(subscription.customer));
  const id = account.newId('invoice');
  const created = account.now();
  const cycle = reason === 'subscription_cycle';
  const made = invoice({
    id,
    created,
    customer,
    subscription,
    reason,
    lines: lines.map((line) => ({ ...line, invoice: id })),
    periodStart: period.start,
    periodEnd: period.end,
  });
  const { behavior } = subscription.pause_collection ?? {};
  const held = behavior === 'keep_as_draft' || subscription.status === 'unpaid';
  const due = Math.max(0, made.total + made.starting_balance);
  account.create('invoice', {
    ...made,
    amount_due: due,
    amount_remaining: due,
    auto_advance: !held,
    automatically_finalizes_at: cycle && !held ? created + draftSeconds : null,
  });
  account.change('subscription', subscriptionId, { latest_invoice: id });
  return account.get('invoice', id);
}

/** The draft gets its number, its pages and a payment to be made; credit of the customer is used first. */
export function finalize(account: Account, id: string): Stripe.Invoice {
  const draft = account.get('invoice', id);
  if (draft.status !== 'draft')
    throw invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: 'invoice_not_editable',
    });
  const now = account.now();
  const customer = account.customer(String(draft.customer));
  const endingBalance = Math.min(0, draft.total + customer.balance);
  const due = Math.max(0, draft.total + customer.balance);
  const sequence = customer.next_invoice_sequence ?? 1;
  account.change('customer', customer.id, {
    balance: draft.total + customer.balance < 0 ? endingBalance : 0,
    next_invoice_sequence: sequence + 1,
  });
  const page = `${account.settings.baseUrl}/i/${id}`;
  account.change(
    'invoice',
    id,
    {
      status: 'open',
      amount_due: due,
      amount_remaining: due,
      automatically_finalizes_at: null,
      effective_at: now,
      due_date: draft.collection_method === 'send_invoice' ? now + 30 * day : null,
      starting_balance: customer.balance,
      ending_balance: endingBalance,
      hosted_invoice_url: page,
      invoice_pdf: `${page}/pdf`,
      number: `${customer.invoice_prefix ?? 'SIM'}-${String(sequence).padStart(4, '0')}`,
      status_transitions: { ...draft.status_transitions, finalized_at: now },
    },
    'invoice.finalized',
  );
  if (due > 0) preparePayment(account, id);
  return account.get('invoice', id);
}

function preparePayment(account: Account, id: string): void {
  const open = account.get('invoice', id);
  const subscription = subscriptionOf(account, open);
  const intent = account.create(
    'payment_intent',
    paymentIntent({
      id: account.newId('payment_intent'),
      created: account.now(),
      amount: open.amount_due,
      currency: open.currency,
      customer: String(open.customer),
      description: subscription ? describe(open) : `Payment for invoice ${open.number ?? open.id}`,
      payment_method: null,
    }),
    'payment_intent.created',
  );
  const payment = invoicePayment(account.newId('invoice_payment'), account.now(), open, intent);
  account.create('invoice_payment', payment);
}

function describe(invoice: Stripe.Invoice): string {
  return invoice.billing_reason === 'subscription_create' ? 'Subscription creation' : 'Subscription update';
}

/** The payment that an invoice waits for. */
export function openPayment(account: Account, invoiceId: string): Stripe.PaymentIntent | undefined {
  const payment = account.store
    .all('invoice_payment')
    .find(({ invoice: of, status }) => of === invoiceId && status === 'open');
  return account.store.find('payment_intent', payment && String(payment.payment.payment_intent));
}

export function voidInvoice(account: Account, id: string): Stripe.Invoice {
  const open = account.get('invoice', id);
  if (open.status !== 'open' && open.status !== 'uncollectible')
    throw invalid(`You can only void an open or uncollectible invoice; this one is ${open.status}.`, {
      code: 'status_transition_invalid',
    });
  closePayment(account, id, 'canceled');
  return account.change(
    'invoice',
    id,
    {
      status: 'void',
      auto_advance: false,
      next_payment_attempt: null,
      status_transitions: { ...open.status_transitions, voided_at: account.now() },
    },
    'invoice.voided',
  );
}

export function markUncollectible(account: Account, id: string): Stripe.Invoice {
  const open = account.get('invoice', id);
  if (open.status !== 'open')
    throw invalid(`You can only mark an open invoice as uncollectible; this one is ${open.status}.`, {
      code: 'status_transition_invalid',
    });
  return account.change(
    'invoice',
    id,
    {
      status: 'uncollectible',
      auto_advance: false,
      next_payment_attempt: null,
      status_transitions: { ...open.status_transitions, marked_uncollectible_at: account.now() },
    },
    'invoice.marked_uncollectible',
  );
}

/** The payment of an invoice is over: it was made, or given up. */
export function closePayment(account: Account, invoiceId: string, how: 'paid' | 'canceled'): void {
  const now = account.now();
  for (const payment of account.store.all('invoice_payment')) {
    if (payment.invoice !== invoiceId || payment.status !== 'open') continue;
    account.change('invoice_payment', payment.id, {
      status: how,
      amount_paid: how === 'paid' ? payment.amount_requested : null,
      status_transitions: { canceled_at: how === 'canceled' ? now : null, paid_at: how === 'paid' ? now : null },
    });
    if (how === 'paid') account.tell('invoice_payment.paid', account.get('invoice_payment', payment.id));
    else
      account.change(
        'payment_intent',
        String(payment.payment.payment_intent),
        { status: 'canceled', canceled_at: now, cancellation_reason: 'void_invoice', next_action: null },
        'payment_intent.canceled',
      );
  }
}

export function subscriptionOf(account: Account, of: Stripe.Invoice): Stripe.Subscription | undefined {
  const id = of.parent?.subscription_details?.subscription;
  return account.store.find('subscription', id ? String(id) : undefined);
}

/** Prorations that were made since the last invoice; they leave the waiting room. */
export function takePendingLines(account: Account, subscriptionId: string): Stripe.InvoiceLineItem[] {
  const waiting = account.store.all('pending_line').filter(({ subscription }) => subscription === subscriptionId);
  for (const { id } of waiting) account.store.remove('pending_line', id);
  return waiting.map(({ line }) => line);
}

export function keepForNextInvoice(
  account: Account,
  subscription: Stripe.Subscription,
  lines: Stripe.InvoiceLineItem[],
): void {
  for (const line of lines) {
    account.store.put('pending_line', {
      id: newId('ii_'),
      customer: String(subscription.customer),
      subscription: subscription.id,
      line,
    });
  }
}

import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { invalid } from '../api/errors.ts';
import { newId } from '../ids.ts';
import { subscription, subscriptionItem } from '../objects/subscription.ts';
import { type Attempt, cardFor, collect, type Outcome, paymentError } from './collect.ts';
import { draftInvoice, finalize } from './invoicing.ts';
import { periodLines, unitAmount } from './lines.ts';
import { day, periodAfter } from './periods.ts';
import { remindOfTrialEnd } from './trial.ts';

export interface Subscribing {
  customer: string;
  items: { price: string; quantity?: number | undefined; metadata?: Record<string, string> | undefined }[];
  metadata: Record<string, string>;
  trialEnd?: number | undefined;
  missingPaymentMethod?: string | undefined;
  defaultPaymentMethod?: string | undefined;
  description?: string | null | undefined;
  automaticTax?: boolean | undefined;
  collectionMethod?: string | undefined;
  daysUntilDue?: number | undefined;
  cancelAtPeriodEnd?: boolean | undefined;
  paymentBehavior: 'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete';
  attempt?: Attempt;
}

/** Begins a subscription: its first invoice is made at once and, unless asked otherwise, paid. */
export function subscribe(
  account: Account,
  given: Subscribing,
): { subscription: Stripe.Subscription; outcome: Outcome } {
  const customer = account.customer(given.customer, 'customer');
  const prices = given.items.map(({ price }, index) => recurringPrice(account, price, `items[${index}][price]`));
  const currency = prices[0]!.currency;
  if (prices.some((price) => price.currency !== currency))
    throw invalid('All prices of a subscription must use the same currency.');
  const now = account.now();
  const { trialEnd } = given;
  if (trialEnd !== undefined && trialEnd <= now)
    throw invalid('Invalid trial_end: it must be in the future.', { param: 'trial_end' });
  const id = account.newId('subscription');
  const anchor = trialEnd ?? now;
  const items = given.items.map(({ quantity = 1, metadata }, index) =>
    subscriptionItem({
      id: newId('si_', 14),
      created: now,
      price: prices[index]!,
      quantity,
      subscription: id,
      start: now,
      end: trialEnd ?? periodAfter(anchor, prices[index]!.recurring!, 1),
      ...(metadata && { metadata }),
    }),
  );
  const due =
    trialEnd === undefined ? items.reduce((sum, { price, quantity = 1 }) => sum + unitAmount(price) * quantity, 0) : 0;
  account.create(
    'subscription',
    subscription({
      ...given,
      id,
      created: now,
      anchor,
      currency,
      customer: customer.id,
      items,
      status: trialEnd === undefined ? (due > 0 ? 'incomplete' : 'active') : 'trialing',
      trialStart: trialEnd === undefined ? null : now,
      trialEnd: trialEnd ?? null,
      automaticTax: given.automaticTax ?? false,
    }),
  );
  account.change('customer', customer.id, { currency });
  const invoice = draftInvoice(
    account,
    id,
    'subscription_create',
    periodLines(account, account.get('subscription', id)),
  );
  account.tell('customer.subscription.created', account.get('subscription', id));
  account.tell('invoice.created', invoice);
  const charged = given.collectionMethod !== 'send_invoice';
  finalize(account, invoice.id);
  if (!charged) {
    account.change('subscription', id, { status: trialEnd === undefined ? 'active' : 'trialing' });
    return { subscription: account.get('subscription', id), outcome: { kind: 'paid' } };
  }
  const outcome = firstPayment(account, invoice.id, given);
  remindOfTrialEnd(account, id);
  return { subscription: account.get('subscription', id), outcome };
}

function firstPayment(account: Account, invoiceId: string, given: Subscribing): Outcome {
  const invoice = account.get('invoice', invoiceId);
  if (given.paymentBehavior === 'default_incomplete' && invoice.amount_due > 0) return { kind: 'unconfirmed' };
  const method = given.attempt?.paymentMethod ?? cardFor(account, invoice);
  if (invoice.amount_due > 0 && !method && !account.previewing)
    throw invalid(
      'This customer has no attached payment source or default payment method. Please consider adding a default payment method.',
      {
        code: 'resource_missing',
      },
    );
  const outcome = collect(account, invoiceId, given.attempt);
  if (outcome.kind !== 'paid' && given.paymentBehavior === 'error_if_incomplete')
    throw paymentError(account, invoiceId, outcome, false);
  return outcome;
}

/** A price that can be subscribed to. */
export function recurringPrice(account: Account, id: string, param: string): Stripe.Price {
  const price = account.get('price', id, param);
  if (!price.recurring)
    throw invalid(
      `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
      { param },
    );
  if (!price.active)
    throw invalid('The price specified is inactive. This field only accepts active prices.', { param });
  return price;
}

/** `trial_end` of a new subscription, from what was asked. */
export function trialEndFrom(
  account: Account,
  given: { trial_end?: number | 'now' | undefined; trial_period_days?: number | undefined },
): number | undefined {
  if (given.trial_end === 'now') return undefined;
  if (given.trial_end !== undefined) return given.trial_end;
  return given.trial_period_days ? account.now() + given.trial_period_days * day : undefined;
}

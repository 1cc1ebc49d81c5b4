import type { Account } from '../account.ts';
import { applyWaitingItems } from './waiting-items.ts';
import { endSubscription } from './ending.ts';

/** A charge of a running subscription failed. */
export function becomePastDue(account: Account, id: string): void {
  const { status } = account.get('subscription', id);
  if (status === 'active' || status === 'trialing')
    account.change('subscription', id, { status: 'past_due' }, 'customer.subscription.updated');
}

/** All tries failed: what the account's settings say. */
export function afterLastRetry(account: Account, id: string): void {
  const outcome = account.settings.afterRetries;
  if (outcome === 'canceled') endSubscription(account, id, { reason: 'payment_failed' });
  else account.change('subscription', id, { status: outcome }, 'customer.subscription.updated');
}

/** The newest invoice decides: once it is paid the subscription runs. */
export function afterPayment(account: Account, id: string, invoiceId: string): void {
  applyWaitingItems(account, id, invoiceId);
  const { status, latest_invoice: latest } = account.get('subscription', id);
  if (latest !== invoiceId) return;
  if (status === 'incomplete' || status === 'past_due' || status === 'unpaid')
    account.change('subscription', id, { status: 'active' }, 'customer.subscription.updated');
}

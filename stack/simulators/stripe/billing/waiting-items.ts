import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { itemList } from '../objects/subscription.ts';
import { voidInvoice } from './invoicing.ts';

/** With `pending_if_incomplete` a change is made when its invoice is paid. True for that invoice. */
export function isWaitingFor(subscription: Stripe.Subscription | undefined, invoiceId: string): boolean {
  return subscription?.pending_update != null && subscription.latest_invoice === invoiceId;
}

export function applyWaitingItems(account: Account, id: string, invoiceId: string): void {
  const subscription = account.get('subscription', id);
  const waiting = subscription.pending_update;
  if (!waiting?.subscription_items || !isWaitingFor(subscription, invoiceId)) return;
  account.change(
    'subscription',
    id,
    {
      items: itemList(id, waiting.subscription_items),
      billing_cycle_anchor: waiting.billing_cycle_anchor ?? subscription.billing_cycle_anchor,
      pending_update: null,
    },
    'customer.subscription.pending_update_applied',
  );
  account.tell('customer.subscription.updated', account.get('subscription', id), {
    items: { data: subscription.items.data },
    pending_update: waiting,
  });
}

/** It was not paid in time. */
export function dropWaitingItems(account: Account, id: string): void {
  const { latest_invoice: latest } = account.get('subscription', id);
  const invoice = account.store.find('invoice', latest ? String(latest) : undefined);
  if (invoice?.status === 'open') voidInvoice(account, invoice.id);
  account.change('subscription', id, { pending_update: null }, 'customer.subscription.pending_update_expired');
}

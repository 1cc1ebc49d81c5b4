import type { Account } from '../account.ts';
import { itemList, planOf } from '../objects/subscription.ts';
import { noteOf } from './notes.ts';

/** With `pending_if_incomplete` items change when their invoice is paid. */
export function applyWaitingItems(account: Account, id: string, invoiceId: string): void {
  const waiting = noteOf(account, id);
  const subscription = account.get('subscription', id);
  if (!waiting.waiting_items || subscription.latest_invoice !== invoiceId) return;
  const items = subscription.items.data.map((item) => {
    const change = waiting.waiting_items?.find(({ id: of }) => of === item.id);
    if (!change) return item;
    const price = account.get('price', change.price);
    return { ...item, price, plan: planOf(price), quantity: change.quantity };
  });
  account.store.put('note', without(waiting));
  account.change(
    'subscription',
    id,
    { items: itemList(id, items), pending_update: null },
    'customer.subscription.updated',
  );
}

/** They were not paid in time. */
export function dropWaitingItems(account: Account, id: string): void {
  account.store.put('note', without(noteOf(account, id)));
  account.change('subscription', id, { pending_update: null }, 'customer.subscription.pending_update_expired');
}

function without(note: ReturnType<typeof noteOf>): Omit<ReturnType<typeof noteOf>, 'waiting_items'> {
  const { waiting_items: _gone, ...kept } = note;
  return kept;
}

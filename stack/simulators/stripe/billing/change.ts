import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { invalid, missing } from '../api/errors.ts';
import { differences } from '../api/render.ts';
import { newId } from '../ids.ts';
import { itemList, planOf, subscriptionItem } from '../objects/subscription.ts';
import { collect, paymentError } from './collect.ts';
import { draftInvoice, finalize, keepForNextInvoice } from './invoicing.ts';
import { type ItemChange, periodLines, prorationLines, unitAmount } from './lines.ts';
import { periodAfter } from './periods.ts';
import { recurringPrice } from './subscribe.ts';

export interface WantedItem {
  id?: string | undefined;
  price?: string | undefined;
  quantity?: number | undefined;
  deleted?: boolean | undefined;
  metadata?: Record<string, string> | undefined;
}

export interface Change {
  items?: WantedItem[] | undefined;
  prorationBehavior: 'create_prorations' | 'always_invoice' | 'none';
  prorationDate?: number | undefined;
  paymentBehavior: 'allow_incomplete' | 'error_if_incomplete' | 'pending_if_incomplete' | 'default_incomplete';
  resetAnchor?: boolean | undefined;
  /** A renewal follows at this very moment and begins the new period. */
  keepPeriod?: boolean | undefined;
  /** Ends the trial (`now`) or moves its end. */
  trialEnd?: number | 'now' | undefined;
  /** Everything else, set as it is. */
  fields: Partial<Stripe.Subscription>;
}

/**
 * Changes a subscription as one act: prices and quantities with their prorations, a new period where the interval changes, the invoice
 * where one is due at once, and one event that tells all of it. Returns the invoice that was made, if any.
 */
export function changeSubscription(account: Account, id: string, change: Change): Stripe.Invoice | undefined {
  const before = account.get('subscription', id);
  const now = account.now();
  const at = change.prorationDate ?? now;
  const { items, changes } = newItems(account, before, change.items ?? []);
  const trialEnds = before.status === 'trialing' && change.trialEnd === 'now';
  const running = before.status === 'active' || before.status === 'past_due' || trialEnds;
  const newPeriod =
    !change.keepPeriod && (trialEnds || (running && (change.resetAnchor === true || startsAnew(changes))));
  const trial = typeof change.trialEnd === 'number' ? change.trialEnd : undefined;
  const status = trialEnds ? 'active' : trial !== undefined ? 'trialing' : before.status;
  const periods = items.map((item) =>
    trial !== undefined
      ? { ...item, current_period_start: now, current_period_end: trial }
      : newPeriod
        ? { ...item, current_period_start: now, current_period_end: periodAfter(now, item.price.recurring!, 1) }
        : item,
  );
  account.change('subscription', id, {
    ...change.fields,
    items: itemList(id, periods),
    status,
    ...(newPeriod && { billing_cycle_anchor: now }),
    ...(trialEnds && { trial_end: now }),
    ...(trial !== undefined && {
      trial_end: trial,
      trial_start: before.trial_start ?? now,
      billing_cycle_anchor: trial,
    }),
    ...(change.fields.cancel_at_period_end && {
      cancel_at: Math.min(...periods.map((item) => item.current_period_end)),
    }),
  });
  const prorates = change.prorationBehavior !== 'none' && before.status !== 'trialing' && running;
  // With a new period every item is charged anew, so that every old one gives its rest back.
  const credited = newPeriod ? before.items.data.map((item) => ({ before: item, after: undefined })) : changes;
  const prorations = prorates ? prorationLines(account, before, credited, at, newPeriod) : [];
  const charges = newPeriod ? periodLines(account, account.get('subscription', id)) : [];
  const atOnce = newPeriod || (change.prorationBehavior === 'always_invoice' && prorations.length > 0);
  const waits = change.paymentBehavior === 'pending_if_incomplete' && atOnce;
  if (!atOnce) {
    keepForNextInvoice(account, before, prorations);
    tellChange(account, before);
    return undefined;
  }
  const invoice = draftInvoice(account, id, 'subscription_update', [...prorations, ...charges]);
  if (waits) holdItems(account, before);
  else tellChange(account, before);
  account.tell('invoice.created', invoice);
  finalize(account, invoice.id);
  if (before.collection_method === 'send_invoice') return account.get('invoice', invoice.id);
  const outcome = collect(account, invoice.id);
  if (outcome.kind !== 'paid' && change.paymentBehavior === 'error_if_incomplete')
    throw paymentError(account, invoice.id, outcome, false);
  return account.get('invoice', invoice.id);
}

function tellChange(account: Account, before: Stripe.Subscription): void {
  const after = account.get('subscription', before.id);
  const previous = differences(before, after);
  if (Object.keys(previous).length > 0) account.tell('customer.subscription.updated', after, previous);
}

/** Until the invoice is paid the old items stay, and the new ones are shown as pending. */
function holdItems(account: Account, before: Stripe.Subscription): void {
  const wanted = account.get('subscription', before.id);
  account.change('subscription', before.id, {
    items: before.items,
    billing_cycle_anchor: before.billing_cycle_anchor,
    pending_update: {
      billing_cycle_anchor:
        wanted.billing_cycle_anchor === before.billing_cycle_anchor ? null : wanted.billing_cycle_anchor,
      cancel_at_period_end: null,
      discount: null,
      discounts: null,
      expires_at: account.now() + 23 * 3_600,
      metadata: null,
      subscription_items: wanted.items.data,
      trial_end: null,
      trial_from_plan: null,
    },
  });
  tellChange(account, before);
}

function newItems(
  account: Account,
  subscription: Stripe.Subscription,
  wanted: WantedItem[],
): { items: Stripe.SubscriptionItem[]; changes: ItemChange[] } {
  let items = subscription.items.data;
  const changes: ItemChange[] = [];
  for (const [index, { id, price: priceId, quantity, deleted, metadata }] of wanted.entries()) {
    const before = items.find((item) => item.id === id);
    if (id !== undefined && !before) throw missingItem(id, index);
    const price = priceId === undefined ? before?.price : recurringPrice(account, priceId, `items[${index}][price]`);
    if (!price) throw invalid(`Missing required param: items[${index}][price].`, { code: 'parameter_missing' });
    if (deleted && before) {
      items = items.filter((item) => item !== before);
      changes.push({ before, after: undefined });
      continue;
    }
    if (!before && items.some((item) => item.price.id === price.id))
      throw invalid('Cannot add multiple subscription items with the same plan.', { param: `items[${index}][price]` });
    const after: Stripe.SubscriptionItem = before
      ? {
          ...before,
          price,
          plan: planOf(price),
          quantity: quantity ?? before.quantity ?? 1,
          metadata: metadata ?? before.metadata,
        }
      : addedItem(account, subscription, price, quantity ?? 1);
    items = before ? items.map((item) => (item === before ? after : item)) : [...items, after];
    if (!before || before.price.id !== price.id || before.quantity !== after.quantity) changes.push({ before, after });
  }
  if (items.length === 0) throw invalid('A subscription must have at least one active plan.');
  return { items, changes };
}

function addedItem(
  account: Account,
  of: Stripe.Subscription,
  price: Stripe.Price,
  quantity: number,
): Stripe.SubscriptionItem {
  const first = of.items.data[0]!;
  return subscriptionItem({
    id: newId('si_', 14),
    created: account.now(),
    price,
    quantity,
    subscription: of.id,
    start: first.current_period_start,
    end: first.current_period_end,
  });
}

/** Another interval, or the step from free to paid, begins a new period. */
function startsAnew(changes: ItemChange[]): boolean {
  return changes.some(({ before, after }) => {
    if (!before || !after) return false;
    const [old, now] = [before.price, after.price];
    const sameInterval =
      old.recurring?.interval === now.recurring?.interval &&
      old.recurring?.interval_count === now.recurring?.interval_count;
    return !sameInterval || (unitAmount(old) === 0 && unitAmount(now) > 0);
  });
}

function missingItem(id: string, index: number): Error {
  return missing('subscription_item', id, `items[${index}][id]`, 400);
}

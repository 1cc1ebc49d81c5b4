import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { line } from '../objects/invoice.ts';

/** Lines for the whole current period of each item. */
export function periodLines(account: Account, subscription: Stripe.Subscription): Stripe.InvoiceLineItem[] {
  const trial = subscription.status === 'trialing';
  return subscription.items.data.map((item) => {
    const quantity = item.quantity ?? 1;
    const name = productName(account, item.price);
    return line({
      id: newId('il_'),
      amount: trial ? 0 : unitAmount(item.price) * quantity,
      description: trial ? `Trial period for ${name}` : `${quantity} × ${name} (at ${rate(item.price)})`,
      item,
      price: item.price,
      quantity,
      subscription,
      start: item.current_period_start,
      end: item.current_period_end,
      proration: false,
    });
  });
}

export interface ItemChange {
  before: Stripe.SubscriptionItem | undefined;
  after: Stripe.SubscriptionItem | undefined;
}

/**
 * What changes of items in the middle of a period cost, to the second: the unused share of what was paid is given back, and the same
 * share of the new price asked for. A change that begins a new period is charged for all of it instead.
 */
export function prorationLines(
  account: Account,
  subscription: Stripe.Subscription,
  changes: ItemChange[],
  at: number,
  newPeriod: boolean,
): Stripe.InvoiceLineItem[] {
  return changes.flatMap(({ before, after }) => {
    const lines: Stripe.InvoiceLineItem[] = [];
    if (before) {
      const quantity = before.quantity ?? 1;
      lines.push(
        line({
          id: newId('il_'),
          amount: -share(unitAmount(before.price) * quantity, before, at),
          description: `Unused time on ${productName(account, before.price)} after ${dayOf(at)}`,
          item: before,
          price: before.price,
          quantity,
          subscription,
          start: at,
          end: before.current_period_end,
          proration: true,
          credited: paidLine(account, subscription, before),
        }),
      );
    }
    if (after && !newPeriod) {
      const quantity = after.quantity ?? 1;
      lines.push(
        line({
          id: newId('il_'),
          amount: share(unitAmount(after.price) * quantity, after, at),
          description: `Remaining time on ${productName(account, after.price)} after ${dayOf(at)}`,
          item: after,
          price: after.price,
          quantity,
          subscription,
          start: at,
          end: after.current_period_end,
          proration: true,
        }),
      );
    }
    return lines;
  });
}

/** `amount` for what is left of the item's period at `at`, in whole cents. */
function share(amount: number, item: Stripe.SubscriptionItem, at: number): number {
  const whole = item.current_period_end - item.current_period_start;
  const left = Math.min(whole, Math.max(0, item.current_period_end - at));
  return whole === 0 ? 0 : Math.round((amount * left) / whole);
}

/** The line by which the period of this item was charged. */
function paidLine(
  account: Account,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
): { invoice: string; lines: string[] } | undefined {
  for (const invoice of account.store.all('invoice').reverse()) {
    if (invoice.parent?.subscription_details?.subscription !== subscription.id) continue;
    const lines = invoice.lines.data.filter(
      ({ amount, parent, period }) =>
        amount > 0 &&
        parent?.subscription_item_details?.subscription_item === item.id &&
        period.end === item.current_period_end,
    );
    if (lines.length > 0) return { invoice: invoice.id, lines: lines.map(({ id }) => id) };
  }
  return undefined;
}

export function unitAmount(price: Stripe.Price): number {
  return price.unit_amount ?? 0;
}

export function productName(account: Account, price: Stripe.Price): string {
  return account.store.find('product', String(price.product))?.name ?? price.nickname ?? price.id;
}

export function money(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: currency.toUpperCase() });
  return format.format(amount / 100);
}

/** "€9.00 / month" */
export function rate(price: Stripe.Price): string {
  const { interval = 'month', interval_count: count = 1 } = price.recurring ?? {};
  return `${money(unitAmount(price), price.currency)} / ${count === 1 ? interval : `${count} ${interval}s`}`;
}

export function dayOf(seconds: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
    seconds * 1_000,
  );
}

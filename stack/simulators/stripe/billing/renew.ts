import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { itemList, periodEnd, periodStart } from '../objects/subscription.ts';
import { differences } from '../api/render.ts';
import { endSubscription } from './ending.ts';
import { draftInvoice, takePendingLines } from './invoicing.ts';
import { periodLines } from './lines.ts';
import { nextPeriodEnd } from './periods.ts';
import { survivesTrial } from './trial.ts';

/** The period is over: the subscription ends, or goes on with a draft of the next invoice. */
export function renew(account: Account, id: string): Stripe.Invoice | undefined {
  const before = account.get('subscription', id);
  const now = account.now();
  if (before.cancel_at !== null && before.cancel_at <= now) {
    endSubscription(account, id, { reason: 'cancellation_requested' });
    return undefined;
  }
  if (before.status === 'trialing' && !survivesTrial(account, id)) return undefined;
  const items = before.items.data;
  const ended = { start: periodStart(items), end: periodEnd(items) };
  account.change('subscription', id, {
    items: itemList(
      id,
      items.map((item) =>
        item.current_period_end > now
          ? item
          : {
              ...item,
              current_period_start: item.current_period_end,
              current_period_end: nextPeriodEnd(
                before.billing_cycle_anchor,
                item.price.recurring!,
                item.current_period_end,
              ),
            },
      ),
    ),
    status: before.status === 'trialing' ? 'active' : before.status,
  });
  const lines = takePendingLines(account, id);
  const renewed = periodLines(account, account.get('subscription', id)).filter(
    ({ period }) => period.start >= ended.end,
  );
  const invoice = draftInvoice(account, id, 'subscription_cycle', [...lines, ...renewed], ended);
  const after = account.get('subscription', id);
  account.tell('customer.subscription.updated', after, differences(before, after));
  account.tell('invoice.created', invoice);
  return invoice;
}

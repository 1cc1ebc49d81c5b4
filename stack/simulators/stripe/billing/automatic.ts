import type { Account } from '../account.ts';
import { collect } from './collect.ts';
import { finalize, markUncollectible, subscriptionOf, voidInvoice } from './invoicing.ts';

/** The hour of a renewal's draft is over: it is finalized and charged, unless collection is paused. */
export function becomesFinal(account: Account, id: string): void {
  const invoice = finalize(account, id);
  const subscription = subscriptionOf(account, invoice);
  const paused = subscription?.pause_collection?.behavior;
  if (paused === 'void') voidInvoice(account, id);
  else if (paused === 'mark_uncollectible') markUncollectible(account, id);
  else if (invoice.collection_method === 'charge_automatically') collect(account, id);
}

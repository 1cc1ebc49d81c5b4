import type { Account } from '../account.ts';
import { becomesFinal } from './automatic.ts';
import { collect } from './collect.ts';
import { endSubscription, expireIncomplete } from './ending.ts';
import { renew } from './renew.ts';
import { finishPhase, phaseEnd } from './phases.ts';
import { periodEnd } from '../objects/subscription.ts';
import { remindOfTrialEnd, reminderDue } from './trial.ts';
import { dropWaitingItems } from './waiting-items.ts';

/** A first invoice may wait this long. */
const incompleteSeconds = 23 * 3_600;

interface Due {
  at: number;
  /** Of two things at the same moment the lower one comes first. */
  rank: number;
  act: () => void;
}

/** Does everything that is due up to `until`, in order, each at its own moment. Returns how many things happened. */
export function runUntil(account: Account, until: number): number {
  let count = 0;
  for (;;) {
    const next = nextDue(account);
    if (!next || next.at > until) return count;
    account.clock.at(next.at, () => account.store.atomically(next.act));
    count += 1;
    if (count > 100_000) throw new Error('Time does not move on: something stays due');
  }
}

function nextDue(account: Account): Due | undefined {
  let first: Due | undefined;
  for (const due of everythingDue(account))
    if (!first || due.at < first.at || (due.at === first.at && due.rank < first.rank)) first = due;
  return first;
}

function* everythingDue(account: Account): Generator<Due> {
  for (const session of account.store.all('checkout.session'))
    if (session.status === 'open')
      yield {
        at: session.expires_at,
        rank: 0,
        act: () =>
          account.change('checkout.session', session.id, { status: 'expired', url: null }, 'checkout.session.expired'),
      };
  for (const { id, status } of account.store.all('subscription_schedule')) {
    const at = status === 'active' || status === 'not_started' ? phaseEnd(account, id) : undefined;
    if (at !== undefined) yield { at, rank: 1, act: () => finishPhase(account, id) };
  }
  for (const subscription of account.store.all('subscription')) yield* dueOf(account, subscription.id);
  for (const invoice of account.store.all('invoice')) {
    const {
      id,
      status,
      auto_advance: advances,
      automatically_finalizes_at: final,
      next_payment_attempt: retry,
    } = invoice;
    if (status === 'draft' && advances && final !== null)
      yield { at: final, rank: 4, act: () => becomesFinal(account, id) };
    if (status === 'open' && advances && retry !== null)
      yield { at: retry, rank: 5, act: () => void collect(account, id) };
  }
}

function* dueOf(account: Account, id: string): Generator<Due> {
  const subscription = account.get('subscription', id);
  const { status } = subscription;
  if (status === 'incomplete')
    yield { at: subscription.created + incompleteSeconds, rank: 2, act: () => expireIncomplete(account, id) };
  if (subscription.pending_update)
    yield { at: subscription.pending_update.expires_at, rank: 2, act: () => dropWaitingItems(account, id) };
  if (!['active', 'trialing', 'past_due', 'unpaid'].includes(status)) return;
  const reminder = reminderDue(account, id);
  if (reminder !== undefined) yield { at: reminder, rank: 2, act: () => remindOfTrialEnd(account, id) };
  const resumes = subscription.pause_collection?.resumes_at;
  if (resumes != null)
    yield {
      at: resumes,
      rank: 2,
      act: () => account.change('subscription', id, { pause_collection: null }, 'customer.subscription.updated'),
    };
  const end = periodEnd(subscription.items.data);
  if (subscription.cancel_at !== null && subscription.cancel_at < end)
    yield {
      at: subscription.cancel_at,
      rank: 3,
      act: () => endSubscription(account, id, { reason: 'cancellation_requested' }),
    };
  yield { at: end, rank: 3, act: () => renew(account, id) };
}

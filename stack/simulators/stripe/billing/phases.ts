import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { mergeMetadata } from '../api/parameters.ts';
import { endSubscription } from './ending.ts';
import { changeSubscription, type WantedItem } from './change.ts';

type Schedule = Stripe.SubscriptionSchedule;

/** The moment at which the schedule has something to do. */
export function phaseEnd(account: Account, id: string): number | undefined {
  return account.get('subscription_schedule', id).current_phase?.end_date;
}

/** The current phase is over: the next one changes the subscription, or the schedule has done its work. */
export function finishPhase(account: Account, id: string): void {
  const schedule = account.get('subscription_schedule', id);
  const next = schedule.phases.find((phase) => phase.start_date === schedule.current_phase?.end_date);
  if (next) {
    account.change(
      'subscription_schedule',
      id,
      { current_phase: { start_date: next.start_date, end_date: next.end_date } },
      'subscription_schedule.updated',
    );
    applyPhase(account, schedule, next);
  } else if (schedule.end_behavior === 'cancel') {
    complete(account, schedule);
    endSubscription(account, String(schedule.subscription), { reason: 'cancellation_requested' });
  } else release(account, id);
}

/** The subscription goes on as it is, without the schedule. */
export function release(account: Account, id: string): Schedule {
  const { subscription } = account.get('subscription_schedule', id);
  account.change('subscription_schedule', id, {
    status: 'released',
    released_at: account.now(),
    released_subscription: subscription && String(subscription),
    subscription: null,
    current_phase: null,
  });
  if (subscription)
    account.change('subscription', String(subscription), { schedule: null }, 'customer.subscription.updated');
  account.tell('subscription_schedule.released', account.get('subscription_schedule', id));
  return account.get('subscription_schedule', id);
}

function complete(account: Account, schedule: Schedule): void {
  account.change(
    'subscription_schedule',
    schedule.id,
    { status: 'completed', completed_at: account.now(), current_phase: null },
    'subscription_schedule.completed',
  );
}

/** Gives the subscription the phase's items, with its prorations when it begins in the middle of a period. */
export function applyPhase(account: Account, schedule: Schedule, phase: Schedule['phases'][number]): void {
  const id = String(schedule.subscription);
  const { items } = account.get('subscription', id);
  const atPeriodEnd = items.data.every((item) => item.current_period_end <= account.now());
  const wanted = wantedItems(items.data, phase);
  // Stripe bills a renewal at the same moment for the new items; nothing of the old period is left to prorate.
  if (atPeriodEnd) changeAtPeriodEnd(account, id, wanted, phase);
  else
    changeSubscription(account, id, {
      items: wanted,
      prorationBehavior: phase.proration_behavior as 'create_prorations' | 'always_invoice' | 'none',
      paymentBehavior: 'allow_incomplete',
      fields: metadataOf(account, id, phase),
    });
}

function changeAtPeriodEnd(account: Account, id: string, items: WantedItem[], phase: Schedule['phases'][number]): void {
  const before = account.get('subscription', id);
  const anchor = account.now();
  changeSubscription(account, id, {
    items,
    prorationBehavior: 'none',
    paymentBehavior: 'allow_incomplete',
    keepPeriod: true,
    fields: {
      ...metadataOf(account, id, phase),
      ...(intervalChanges(account, before, items) && { billing_cycle_anchor: anchor }),
    },
  });
}

function intervalChanges(account: Account, before: Stripe.Subscription, items: WantedItem[]): boolean {
  const old = before.items.data[0]!.price.recurring;
  const wanted = items.find(({ deleted }) => !deleted);
  const now = account.store.find('price', wanted?.price)?.recurring;
  return old?.interval !== now?.interval || old?.interval_count !== now?.interval_count;
}

/** The first item takes the first price, so that it keeps its id; others come and go. */
function wantedItems(items: Stripe.SubscriptionItem[], phase: Schedule['phases'][number]): WantedItem[] {
  const wanted: WantedItem[] = phase.items.map(({ price, quantity }, index) => ({
    ...(items[index] && { id: items[index].id }),
    price: String(price),
    quantity: quantity ?? 1,
  }));
  return [...wanted, ...items.slice(phase.items.length).map(({ id }) => ({ id, deleted: true }))];
}

function metadataOf(account: Account, id: string, phase: Schedule['phases'][number]): Partial<Stripe.Subscription> {
  const { metadata } = account.get('subscription', id);
  return { metadata: mergeMetadata(metadata, phase.metadata ?? {}) };
}

/** When the subscription's schedule changes it at this moment, the change is made. For previews of the next invoice. */
export function applyPhaseOf(account: Account, subscriptionId: string): void {
  const id = account.get('subscription', subscriptionId).schedule;
  const schedule = account.store.find('subscription_schedule', id ? String(id) : undefined);
  if (schedule?.status === 'active' && phaseEnd(account, schedule.id) === account.now())
    finishPhase(account, schedule.id);
}

/** Items that were changed on the subscription itself become those of the schedule's current phase. */
export function followChange(account: Account, subscriptionId: string): void {
  const { schedule, items } = account.get('subscription', subscriptionId);
  const { id, phases, current_phase: current } = account.get('subscription_schedule', String(schedule));
  const changed = phases.map((phase) =>
    phase.start_date === current?.start_date
      ? {
          ...phase,
          items: items.data.map(({ price, quantity }) => ({
            ...phase.items[0]!,
            price: price.id,
            plan: price.id,
            quantity: quantity ?? 1,
          })),
        }
      : phase,
  );
  account.change('subscription_schedule', id, { phases: changed }, 'subscription_schedule.updated');
}

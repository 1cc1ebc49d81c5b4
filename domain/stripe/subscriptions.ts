// Writes to a subscription at Stripe. Each says what is to be, not what to do, so that a second time changes nothing; the key makes
// a repeated request the same request.
import { idOf, type Stripe } from './client.ts';
import { choiceOf, type Interval, type Plan, type PlanChoice } from './plans.ts';

/** A subscription with its price and what is planned for it. */
export interface SubscriptionState {
  subscription: Stripe.Subscription;
  item: Stripe.SubscriptionItem;
  current: PlanChoice | undefined;
  /** A change that takes effect when the period ends. */
  next: { plan_id: string; interval: Interval } | undefined;
  scheduleId: string | undefined;
  /** End of the paid period, in seconds. */
  periodEnd: number;
  isEnding: boolean;
}

/** Makes a key from the intent and what tells this request from a later one. */
export type KeyOf = (intent: string) => string;

const noNext = { next_plan: '', next_interval: '' };

export async function readSubscription(stripe: Stripe, id: string, plans: readonly Plan[]): Promise<SubscriptionState> {
  return stateOf(await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] }), plans);
}

export function stateOf(subscription: Stripe.Subscription, plans: readonly Plan[]): SubscriptionState {
  const item = subscription.items.data[0];
  if (!item) throw new Error(`Subscription ${subscription.id} has no item.`);
  const { next_plan: nextPlan, next_interval: nextInterval } = subscription.metadata;
  return {
    subscription,
    item,
    current: choiceOf(plans, item.price),
    next: nextPlan ? { plan_id: nextPlan, interval: nextInterval === 'yearly' ? 'yearly' : 'monthly' } : undefined,
    scheduleId: idOf(subscription.schedule),
    periodEnd: item.current_period_end,
    isEnding: subscription.cancel_at_period_end || subscription.cancel_at !== null,
  };
}

/** Begins the price at once and charges the difference for the rest of the period. Throws and changes nothing when the card refuses. */
export async function upgrade(
  stripe: Stripe,
  { subscription, item }: SubscriptionState,
  priceId: string,
  keyOf: KeyOf,
): Promise<void> {
  await stripe.subscriptions.update(
    subscription.id,
    {
      items: [{ id: item.id, price: priceId }],
      proration_behavior: 'always_invoice',
      payment_behavior: 'error_if_incomplete',
    },
    { idempotencyKey: keyOf(`upgrade:${subscription.id}:${priceId}`) },
  );
}

/**
 * For a card whose bank wants to be asked: the change waits at Stripe, for 23 hours at most, until its invoice is paid on the page
 * whose address comes back.
 */
export async function upgradeOncePaid(
  stripe: Stripe,
  { subscription, item }: SubscriptionState,
  priceId: string,
  keyOf: KeyOf,
): Promise<string | undefined> {
  const updated = await stripe.subscriptions.update(
    subscription.id,
    {
      items: [{ id: item.id, price: priceId }],
      proration_behavior: 'always_invoice',
      payment_behavior: 'pending_if_incomplete',
      expand: ['latest_invoice'],
    },
    { idempotencyKey: keyOf(`upgrade-once-paid:${subscription.id}:${priceId}`) },
  );
  return updated.pending_update ? (openInvoiceUrl(updated) ?? undefined) : undefined;
}

/** Changes to the price when the period ends, without proration. Our metadata tells the database; it goes when the phase begins. */
export async function scheduleDowngrade(
  stripe: Stripe,
  { subscription, item, scheduleId }: SubscriptionState,
  to: { priceId: string; plan: Plan; interval: Interval },
  keyOf: KeyOf,
): Promise<void> {
  const intent = `${subscription.id}:${to.priceId}`;
  const schedule = scheduleId
    ? await stripe.subscriptionSchedules.retrieve(scheduleId)
    : await stripe.subscriptionSchedules.create(
        { from_subscription: subscription.id },
        { idempotencyKey: keyOf(`schedule:${intent}`) },
      );
  await stripe.subscriptionSchedules.update(
    schedule.id,
    {
      end_behavior: 'release',
      proration_behavior: 'none',
      phases: [
        {
          items: [{ price: item.price.id, quantity: item.quantity ?? 1 }],
          start_date: schedule.phases[0]?.start_date ?? item.current_period_start,
          end_date: item.current_period_end,
          proration_behavior: 'none',
        },
        {
          items: [{ price: to.priceId, quantity: 1 }],
          duration: { interval: to.interval === 'yearly' ? 'year' : 'month', interval_count: 1 },
          metadata: noNext,
          proration_behavior: 'none',
        },
      ],
    },
    { idempotencyKey: keyOf(`phases:${schedule.id}:${to.priceId}`) },
  );
  // Last: the database may not announce a change that Stripe does not know.
  await stripe.subscriptions.update(
    subscription.id,
    { metadata: { next_plan: to.plan.id, next_interval: to.interval } },
    { idempotencyKey: keyOf(`announce:${intent}`) },
  );
}

/** Forgets a planned change of plan. */
export async function releaseSchedule(stripe: Stripe, state: SubscriptionState, keyOf: KeyOf): Promise<void> {
  const { subscription, scheduleId, next } = state;
  if (scheduleId) {
    await stripe.subscriptionSchedules.release(scheduleId, {}, { idempotencyKey: keyOf(`release:${scheduleId}`) });
  }
  if (next) {
    await stripe.subscriptions.update(
      subscription.id,
      { metadata: noNext },
      { idempotencyKey: keyOf(`forget:${subscription.id}`) },
    );
  }
}

export interface Cancellation {
  reason?: string | undefined;
  /** Stripe's own list of reasons, for its reports. */
  feedback?: Stripe.SubscriptionUpdateParams.CancellationDetails.Feedback | undefined;
  comment?: string | undefined;
}

/** Ends the subscription when the paid period does. */
export async function endAtPeriodEnd(
  stripe: Stripe,
  { subscription }: SubscriptionState,
  { reason, feedback, comment }: Cancellation,
  keyOf: KeyOf,
): Promise<Stripe.Subscription> {
  return stripe.subscriptions.update(
    subscription.id,
    {
      cancel_at_period_end: true,
      ...((feedback || comment) && {
        cancellation_details: { ...(feedback && { feedback }), ...(comment && { comment }) },
      }),
      // Said again without a reason, the first one stays.
      ...(reason && { metadata: { cancel_reason: reason } }),
    },
    { idempotencyKey: keyOf(`end:${subscription.id}`) },
  );
}

/** Takes back an end that was planned. */
export async function keepGoing(
  stripe: Stripe,
  { subscription }: SubscriptionState,
  keyOf: KeyOf,
): Promise<Stripe.Subscription> {
  return stripe.subscriptions.update(
    subscription.id,
    { cancel_at_period_end: false, metadata: { cancel_reason: '' } },
    { idempotencyKey: keyOf(`keep:${subscription.id}`) },
  );
}

/** Where the newest invoice can be paid, while it waits for that. */
export function openInvoiceUrl({ latest_invoice: invoice }: Stripe.Subscription): string | null | undefined {
  return typeof invoice === 'object' && invoice?.status === 'open' ? invoice.hosted_invoice_url : undefined;
}

import type Stripe from 'stripe';
import { z } from 'zod';
import type { Account } from '../account.ts';
import { invalid } from '../api/errors.ts';
import { page } from '../api/list.ts';
import { expand, flag, ignored, integer, mergeMetadata, metadata, paging, range, text } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { endSubscription } from '../billing/ending.ts';
import { periodAfter } from '../billing/periods.ts';
import { applyPhase, release } from '../billing/phases.ts';
import { recurringPrice } from '../billing/subscribe.ts';
import { phase, schedule } from '../objects/schedule.ts';
import { periodEnd, periodStart } from '../objects/subscription.ts';

const moment = z.union([z.literal('now'), integer]);
const phaseSchema = z.strictObject({
  items: z.array(z.strictObject({ price: text, quantity: integer.optional(), metadata: ignored.optional() })).min(1),
  start_date: moment.optional(),
  end_date: moment.optional(),
  duration: z
    .strictObject({ interval: z.enum(['day', 'week', 'month', 'year']), interval_count: integer.optional() })
    .optional(),
  proration_behavior: z.enum(['create_prorations', 'always_invoice', 'none']).optional(),
  metadata: metadata.optional(),
  currency: text.optional(),
  automatic_tax: ignored.optional(),
  collection_method: ignored.optional(),
});
const endBehavior = z.enum(['release', 'cancel']);

type GivenPhase = z.output<typeof phaseSchema>;

/** Phases follow each other without a gap; one that names no end lasts one period of its price. */
function readPhases(account: Account, given: GivenPhase[], firstStart: number): Stripe.SubscriptionSchedule.Phase[] {
  let start = firstStart;
  return given.map((one, index) => {
    const param = `phases[${index}]`;
    const prices = one.items.map(({ price }, place) =>
      recurringPrice(account, price, `${param}[items][${place}][price]`),
    );
    const asked = one.start_date === 'now' ? account.now() : one.start_date;
    if (asked !== undefined && asked !== start)
      throw invalid(
        index === 0
          ? 'You can not modify the start date of the current phase.'
          : `The start date of each phase must equal the end date of the one before it; expected ${start}.`,
        { param: `${param}[start_date]` },
      );
    if (one.end_date !== undefined && one.duration)
      throw invalid('You may only specify one of these parameters: end_date, duration.', { param });
    const cycle = prices[0]!.recurring!;
    const { interval, interval_count: count = 1 } = one.duration ?? cycle;
    const fixed = one.end_date === 'now' ? account.now() : one.end_date;
    const end = fixed ?? periodAfter(start, { ...cycle, interval, interval_count: count }, 1);
    if (end <= start) throw invalid('A phase must end after it begins.', { param: `${param}[end_date]` });
    const made = phase({
      start,
      end,
      currency: prices[0]!.currency,
      items: one.items.map(({ price, quantity = 1 }) => ({ price, quantity })),
      prorationBehavior: one.proration_behavior ?? 'create_prorations',
      // An empty value stays: it takes the key away from the subscription when the phase begins.
      metadata: one.metadata === '' ? {} : { ...one.metadata },
    });
    start = end;
    return made;
  });
}

function openSchedule(account: Account, id: string): Stripe.SubscriptionSchedule {
  const found = account.get('subscription_schedule', id);
  if (found.status !== 'active' && found.status !== 'not_started')
    throw invalid(`You cannot change a subscription schedule that is currently in the \`${found.status}\` status.`);
  return found;
}

export const scheduleRoutes = [
  route(
    'POST',
    '/v1/subscription_schedules',
    z.strictObject({ from_subscription: text, metadata: metadata.optional(), expand }),
    ({ account, parameters: given }) => {
      const subscription = account.get('subscription', given.from_subscription, 'from_subscription');
      if (subscription.schedule)
        throw invalid(
          `You cannot migrate a subscription that is already attached to a schedule: ${String(subscription.schedule)}.`,
          { param: 'from_subscription' },
        );
      if (!['active', 'trialing', 'past_due'].includes(String(subscription.status)))
        throw invalid(`You cannot migrate a subscription with status ${subscription.status}.`, {
          param: 'from_subscription',
        });
      const items = subscription.items.data;
      const made = schedule({
        id: account.newId('subscription_schedule'),
        created: account.now(),
        customer: String(subscription.customer),
        subscription: subscription.id,
        phases: [
          phase({
            start: periodStart(items),
            end: periodEnd(items),
            currency: subscription.currency,
            items: items.map(({ price, quantity = 1 }) => ({ price: price.id, quantity })),
            prorationBehavior: 'create_prorations',
            metadata: {},
          }),
        ],
        endBehavior: subscription.cancel_at_period_end ? 'cancel' : 'release',
        metadata: mergeMetadata({}, given.metadata),
      });
      account.create('subscription_schedule', made, 'subscription_schedule.created');
      account.change('subscription', subscription.id, { schedule: made.id }, 'customer.subscription.updated');
      return made;
    },
  ),
  route('GET', '/v1/subscription_schedules/:id', z.strictObject({ expand }), ({ account, path }) =>
    account.get('subscription_schedule', path['id']!),
  ),
  route(
    'POST',
    '/v1/subscription_schedules/:id',
    z.strictObject({
      phases: z.array(phaseSchema).min(1).max(10).optional(),
      end_behavior: endBehavior.optional(),
      proration_behavior: z.enum(['create_prorations', 'always_invoice', 'none']).optional(),
      metadata: metadata.optional(),
      default_settings: ignored.optional(),
      expand,
    }),
    ({ account, path, parameters: given }) => {
      const before = openSchedule(account, path['id']!);
      const now = account.now();
      const current = before.current_phase!;
      const phases = given.phases && readPhases(account, given.phases, current.start_date);
      const active = phases?.find((one) => one.start_date <= now && now < one.end_date);
      if (phases && !active) throw invalid('The current phase must be among the phases.', { param: 'phases' });
      const after = account.change(
        'subscription_schedule',
        before.id,
        {
          ...(phases && { phases, current_phase: { start_date: active!.start_date, end_date: active!.end_date } }),
          ...(given.end_behavior && { end_behavior: given.end_behavior }),
          metadata: mergeMetadata(before.metadata, given.metadata),
        },
        'subscription_schedule.updated',
      );
      if (active) {
        const proration_behavior = given.proration_behavior ?? active.proration_behavior;
        applyPhase(account, after, { ...active, proration_behavior });
      }
      return account.get('subscription_schedule', before.id);
    },
  ),
  route(
    'POST',
    '/v1/subscription_schedules/:id/release',
    z.strictObject({ preserve_cancel_date: flag.optional(), expand }),
    ({ account, path }) => release(account, openSchedule(account, path['id']!).id),
  ),
  route(
    'POST',
    '/v1/subscription_schedules/:id/cancel',
    z.strictObject({ invoice_now: flag.optional(), prorate: flag.optional(), expand }),
    ({ account, path }) => {
      const { id, subscription } = openSchedule(account, path['id']!);
      // Ends the schedule with its subscription.
      endSubscription(account, String(subscription), { reason: 'cancellation_requested' });
      return account.get('subscription_schedule', id);
    },
  ),
  route(
    'GET',
    '/v1/subscription_schedules',
    z.strictObject({ ...paging, customer: text.optional(), scheduled: flag.optional(), created: range.optional() }),
    ({ account, parameters }) => {
      const found = account.store
        .all('subscription_schedule')
        .filter(({ customer }) => (parameters.customer ?? customer) === customer);
      return page(found, parameters, '/v1/subscription_schedules');
    },
  ),
];

import type Stripe from 'stripe';
import { z } from 'zod';
import { invalid } from '../api/errors.ts';
import { page } from '../api/list.ts';
import {
  clearable,
  defined,
  expand,
  flag,
  ignored,
  integer,
  mergeMetadata,
  metadata,
  paging,
  range,
  text,
} from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { searched } from '../api/search.ts';
import { changeSubscription } from '../billing/change.ts';
import { endSubscription } from '../billing/ending.ts';
import { collect } from '../billing/collect.ts';
import { draftInvoice, finalize, keepForNextInvoice, takePendingLines } from '../billing/invoicing.ts';
import { prorationLines } from '../billing/lines.ts';
import { followChange } from '../billing/phases.ts';
import { subscribe, trialEndFrom } from '../billing/subscribe.ts';
import { periodEnd, trialSettings } from '../objects/subscription.ts';
import { ownCard } from './subscription-checks.ts';

export const prorationBehavior = z.enum(['create_prorations', 'always_invoice', 'none']);
const trialSettingsSchema = z.strictObject({
  end_behavior: z.strictObject({ missing_payment_method: z.enum(['cancel', 'create_invoice', 'pause']) }),
});
const cancellationDetails = z.strictObject({ comment: clearable.optional(), feedback: clearable.optional() });
const trialEnd = z.union([z.literal('now'), integer]);
const shared = {
  metadata: metadata.optional(),
  default_payment_method: text.optional(),
  description: clearable.optional(),
  automatic_tax: z.strictObject({ enabled: flag }).optional(),
  collection_method: z.enum(['charge_automatically', 'send_invoice']).optional(),
  days_until_due: integer.optional(),
  cancel_at_period_end: flag.optional(),
  trial_end: trialEnd.optional(),
  trial_settings: trialSettingsSchema.optional(),
  proration_behavior: prorationBehavior.optional(),
  payment_settings: ignored.optional(),
  off_session: flag.optional(),
  expand,
};
export const wantedItem = z.strictObject({
  id: text.optional(),
  price: text.optional(),
  quantity: integer.optional(),
  deleted: flag.optional(),
  metadata: z.record(z.string(), z.string()).optional(),
});

export const subscriptionRoutes = [
  route(
    'POST',
    '/v1/subscriptions',
    z.strictObject({
      ...shared,
      customer: text,
      items: z
        .array(
          z.strictObject({
            price: text,
            quantity: integer.optional(),
            metadata: z.record(z.string(), z.string()).optional(),
          }),
        )
        .min(1)
        .max(20),
      trial_period_days: integer.optional(),
      billing_mode: ignored.optional(),
      payment_behavior: z.enum(['allow_incomplete', 'default_incomplete', 'error_if_incomplete']).optional(),
    }),
    ({ account, parameters: given }) => {
      const made = subscribe(account, {
        customer: given.customer,
        items: given.items,
        metadata: mergeMetadata({}, given.metadata),
        trialEnd: trialEndFrom(account, given),
        missingPaymentMethod: given.trial_settings?.end_behavior.missing_payment_method,
        defaultPaymentMethod:
          given.default_payment_method && ownCard(account, given.customer, given.default_payment_method),
        description: given.description,
        automaticTax: given.automatic_tax?.enabled,
        collectionMethod: given.collection_method,
        daysUntilDue: given.days_until_due,
        cancelAtPeriodEnd: given.cancel_at_period_end,
        paymentBehavior: given.payment_behavior ?? 'allow_incomplete',
      });
      return made.subscription;
    },
  ),
  route(
    'GET',
    '/v1/subscriptions/search',
    z.strictObject({ query: text, limit: integer.optional(), page: text.optional(), expand }),
    ({ account, parameters }) => searched(account.store.all('subscription'), parameters, '/v1/subscriptions/search'),
  ),
  route('GET', '/v1/subscriptions/:id', z.strictObject({ expand }), ({ account, path }) =>
    account.get('subscription', path['id']!),
  ),
  route(
    'POST',
    '/v1/subscriptions/:id',
    z.strictObject({
      ...shared,
      items: z.array(wantedItem).max(20).optional(),
      proration_date: integer.optional(),
      payment_behavior: z
        .enum(['allow_incomplete', 'default_incomplete', 'error_if_incomplete', 'pending_if_incomplete'])
        .optional(),
      billing_cycle_anchor: z.strictObject({ type: z.enum(['now', 'unchanged']) }).optional(),
      cancel_at: z.union([z.literal(''), integer]).optional(),
      cancellation_details: cancellationDetails.optional(),
      pause_collection: z
        .union([
          z.literal(''),
          z.strictObject({
            behavior: z.enum(['keep_as_draft', 'mark_uncollectible', 'void']),
            resumes_at: integer.optional(),
          }),
        ])
        .optional(),
    }),
    ({ account, path, parameters: given }) => {
      const before = account.get('subscription', path['id']!);
      if (before.status === 'canceled' || before.status === 'incomplete_expired')
        throw invalid('A canceled subscription can only update its cancellation_details and metadata.');
      if (before.schedule && (given.cancel_at_period_end !== undefined || given.cancel_at !== undefined))
        throw invalid(
          `The subscription is managed by the subscription schedule \`${String(before.schedule)}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
        );
      if (given.default_payment_method) ownCard(account, String(before.customer), given.default_payment_method);
      changeSubscription(account, before.id, {
        items: given.items,
        prorationBehavior: given.proration_behavior ?? 'create_prorations',
        prorationDate: given.proration_date,
        paymentBehavior: given.payment_behavior ?? 'allow_incomplete',
        resetAnchor: given.billing_cycle_anchor?.type === 'now',
        trialEnd: given.trial_end,
        fields: {
          ...defined({
            default_payment_method: given.default_payment_method,
            description: given.description,
            collection_method: given.collection_method,
            days_until_due: given.days_until_due,
          }),
          ...(given.trial_settings && {
            trial_settings: trialSettings(given.trial_settings.end_behavior.missing_payment_method),
          }),
          ...(given.metadata !== undefined && { metadata: mergeMetadata(before.metadata, given.metadata) }),
          ...(given.automatic_tax && {
            automatic_tax: { ...before.automatic_tax, enabled: given.automatic_tax.enabled },
          }),
          ...(given.pause_collection !== undefined && {
            pause_collection:
              given.pause_collection === ''
                ? null
                : { behavior: given.pause_collection.behavior, resumes_at: given.pause_collection.resumes_at ?? null },
          }),
          ...cancellation(before, given, account.now()),
        },
      });
      if (before.schedule && given.items) followChange(account, before.id);
      return account.get('subscription', before.id);
    },
  ),
  route(
    'DELETE',
    '/v1/subscriptions/:id',
    z.strictObject({
      invoice_now: flag.optional(),
      prorate: flag.optional(),
      cancellation_details: cancellationDetails.optional(),
      expand,
    }),
    ({ account, path, parameters: given }) => {
      const before = account.get('subscription', path['id']!);
      if (before.status === 'canceled')
        throw invalid(`No such subscription: '${before.id}'`, { code: 'resource_missing', param: 'id' });
      if (given.prorate) {
        const changes = before.items.data.map((item) => ({ before: item, after: undefined }));
        keepForNextInvoice(account, before, prorationLines(account, before, changes, account.now(), true));
      }
      if (given.invoice_now) {
        const lines = takePendingLines(account, before.id);
        if (lines.length > 0) {
          const invoice = draftInvoice(account, before.id, 'subscription_update', lines);
          account.tell('invoice.created', invoice);
          finalize(account, invoice.id);
          collect(account, invoice.id);
        }
      }
      return endSubscription(account, before.id, {
        reason: 'cancellation_requested',
        comment: given.cancellation_details?.comment,
        feedback: given.cancellation_details?.feedback,
      });
    },
  ),
  route(
    'GET',
    '/v1/subscriptions',
    z.strictObject({
      ...paging,
      customer: text.optional(),
      price: text.optional(),
      status: text.optional(),
      created: range.optional(),
      current_period_end: ignored.optional(),
    }),
    ({ account, parameters }) => {
      const { customer, price, status } = parameters;
      const found = account.store
        .all('subscription')
        .filter(
          (one) =>
            (customer ?? one.customer) === one.customer &&
            (price === undefined || one.items.data.some((item) => item.price.id === price)) &&
            hasStatus(one, status),
        );
      return page(found, parameters, '/v1/subscriptions');
    },
  ),
  route(
    'GET',
    '/v1/subscription_items',
    z.strictObject({ ...paging, subscription: text }),
    ({ account, parameters }) => {
      const { items } = account.get('subscription', parameters.subscription, 'subscription');
      return page([...items.data].reverse(), parameters, '/v1/subscription_items');
    },
  ),
];

/** Without a status Stripe lists all that are not canceled; `ended` are those that will not come back. */
function hasStatus({ status }: Stripe.Subscription, wanted: string | undefined): boolean {
  if (wanted === 'all') return true;
  if (wanted === 'ended') return status === 'canceled' || status === 'incomplete_expired';
  return wanted === undefined ? status !== 'canceled' : status === wanted;
}

function cancellation(
  before: Stripe.Subscription,
  given: {
    cancel_at_period_end?: boolean | undefined;
    cancel_at?: number | '' | undefined;
    cancellation_details?: { comment?: string | null | undefined; feedback?: string | null | undefined } | undefined;
  },
  now: number,
): Partial<Stripe.Subscription> {
  const { cancel_at_period_end: atEnd, cancel_at: at, cancellation_details: details } = given;
  const asked = atEnd === true || typeof at === 'number';
  const withdrawn = (atEnd === false || at === '') && before.cancel_at !== null;
  const reason = asked ? 'cancellation_requested' : withdrawn ? null : (before.cancellation_details?.reason ?? null);
  return {
    ...(asked && {
      canceled_at: before.canceled_at ?? now,
      cancel_at_period_end: atEnd === true,
      cancel_at: typeof at === 'number' ? at : periodEnd(before.items.data),
    }),
    ...(withdrawn && { canceled_at: null, cancel_at: null, cancel_at_period_end: false }),
    ...((asked || withdrawn || details) && {
      cancellation_details: {
        comment: withdrawn ? null : (details?.comment ?? before.cancellation_details?.comment ?? null),
        feedback: withdrawn ? null : (details?.feedback ?? before.cancellation_details?.feedback ?? null),
        feedback_option: null,
        reason,
      },
    }),
  };
}

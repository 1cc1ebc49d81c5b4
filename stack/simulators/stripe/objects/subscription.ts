import type Stripe from 'stripe';

export interface NewSubscription {
  id: string;
  created: number;
  anchor: number;
  currency: string;
  customer: string;
  items: Stripe.SubscriptionItem[];
  status: Stripe.Subscription.Status;
  trialStart: number | null;
  trialEnd: number | null;
  missingPaymentMethod?: string | undefined;
  metadata: Record<string, string>;
  description?: string | null | undefined;
  defaultPaymentMethod?: string | null | undefined;
  automaticTax: boolean;
  collectionMethod?: string | undefined;
  daysUntilDue?: number | undefined;
  cancelAtPeriodEnd?: boolean | undefined;
}

export function subscription(given: NewSubscription): Stripe.Subscription {
  return {
    id: given.id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: {
      disabled_reason: null,
      enabled: given.automaticTax,
      liability: given.automaticTax ? { type: 'self' } : null,
    },
    billing_cycle_anchor: given.anchor,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: given.cancelAtPeriodEnd ? periodEnd(given.items) : null,
    cancel_at_period_end: given.cancelAtPeriodEnd ?? false,
    canceled_at: given.cancelAtPeriodEnd ? given.created : null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: given.collectionMethod ?? 'charge_automatically',
    created: given.created,
    currency: given.currency,
    customer: given.customer,
    customer_account: null,
    days_until_due: given.daysUntilDue ?? null,
    default_payment_method: given.defaultPaymentMethod ?? null,
    default_source: null,
    default_tax_rates: [],
    description: given.description ?? null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: itemList(given.id, given.items),
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: given.metadata,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: given.created,
    status: given.status,
    test_clock: null,
    transfer_data: null,
    trial_end: given.trialEnd,
    trial_settings: trialSettings(given.missingPaymentMethod ?? 'create_invoice'),
    trial_start: given.trialStart,
  };
}

export function itemList(id: string, data: Stripe.SubscriptionItem[]): Stripe.ApiList<Stripe.SubscriptionItem> {
  return { object: 'list', data, has_more: false, url: `/v1/subscription_items?subscription=${id}` };
}

export function subscriptionItem(given: {
  id: string;
  created: number;
  price: Stripe.Price;
  quantity: number;
  subscription: string;
  start: number;
  end: number;
  metadata?: Record<string, string>;
}): Stripe.SubscriptionItem {
  return {
    id: given.id,
    object: 'subscription_item',
    billing_thresholds: null,
    created: given.created,
    current_period_end: given.end,
    current_period_start: given.start,
    current_trial: null,
    discounts: [],
    metadata: given.metadata ?? {},
    plan: planOf(given.price),
    price: given.price,
    quantity: given.quantity,
    subscription: given.subscription,
    tax_rates: [],
  };
}

/** The older name of a recurring price, which Stripe still shows beside it. */
export function planOf(price: Stripe.Price): Stripe.Plan {
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: 'per_unit',
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? 'month',
    interval_count: price.recurring?.interval_count ?? 1,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: 'licensed',
  };
}

/** Items may end at different moments; the earliest is the subscription's own. */
export function periodEnd(items: Stripe.SubscriptionItem[]): number {
  return Math.min(...items.map((item) => item.current_period_end));
}

export function periodStart(items: Stripe.SubscriptionItem[]): number {
  return Math.max(...items.map((item) => item.current_period_start));
}

export function trialSettings(missingPaymentMethod: string): Stripe.Subscription.TrialSettings {
  return { end_behavior: { billing_cycle_anchor: 'now', missing_payment_method: missingPaymentMethod } };
}

import type Stripe from 'stripe';

type Schedule = Stripe.SubscriptionSchedule;

export function schedule(given: {
  id: string;
  created: number;
  customer: string;
  subscription: string;
  phases: Stripe.SubscriptionSchedule.Phase[];
  endBehavior: Stripe.SubscriptionSchedule.EndBehavior;
  metadata: Record<string, string>;
}): Schedule {
  const [first] = given.phases;
  return {
    id: given.id,
    object: 'subscription_schedule',
    application: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    canceled_at: null,
    completed_at: null,
    created: given.created,
    current_phase: first ? { start_date: first.start_date, end_date: first.end_date } : null,
    customer: given.customer,
    customer_account: null,
    default_settings: {
      application_fee_percent: null,
      automatic_tax: { disabled_reason: null, enabled: false, liability: null },
      billing_cycle_anchor: 'automatic',
      billing_thresholds: null,
      collection_method: 'charge_automatically',
      default_payment_method: null,
      description: null,
      invoice_settings: {
        account_tax_ids: null,
        custom_fields: null,
        days_until_due: null,
        description: null,
        footer: null,
        issuer: { type: 'self' },
      },
      on_behalf_of: null,
      transfer_data: null,
    },
    end_behavior: given.endBehavior,
    livemode: false,
    metadata: given.metadata,
    pause_schedules: [],
    phases: given.phases,
    released_at: null,
    released_subscription: null,
    status: 'active',
    subscription: given.subscription,
    test_clock: null,
  };
}

export function phase(given: {
  start: number;
  end: number;
  currency: string;
  items: { price: string; quantity: number }[];
  prorationBehavior: string;
  metadata: Record<string, string>;
}): Stripe.SubscriptionSchedule.Phase {
  return {
    add_invoice_items: [],
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: null,
    billing_thresholds: null,
    collection_method: null,
    currency: given.currency,
    default_payment_method: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    end_date: given.end,
    invoice_settings: null,
    items: given.items.map(({ price, quantity }) => ({
      billing_thresholds: null,
      discounts: [],
      metadata: {},
      plan: price,
      price,
      quantity,
      tax_rates: [],
    })),
    metadata: given.metadata,
    on_behalf_of: null,
    proration_behavior: given.prorationBehavior,
    start_date: given.start,
    transfer_data: null,
    trial_end: null,
  };
}

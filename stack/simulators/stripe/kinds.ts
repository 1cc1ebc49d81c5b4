import type Stripe from 'stripe';
import type { Delivery } from './webhooks/delivery.ts';
import type { RememberedAnswer } from './api/idempotency.ts';
import type { TestCard } from './objects/cards.ts';

/** What the account holds, by Stripe's name of the object. References between objects are ids; answers expand them. */
export interface Kinds {
  product: Stripe.Product;
  price: Stripe.Price;
  customer: Stripe.Customer | Stripe.DeletedCustomer;
  payment_method: Stripe.PaymentMethod;
  payment_intent: Stripe.PaymentIntent;
  charge: Stripe.Charge;
  refund: Stripe.Refund;
  subscription: Stripe.Subscription;
  subscription_schedule: Stripe.SubscriptionSchedule;
  invoice: Stripe.Invoice;
  invoice_payment: Stripe.InvoicePayment;
  'checkout.session': Stripe.Checkout.Session;
  'billing_portal.session': Stripe.BillingPortal.Session;
  'billing_portal.configuration': Stripe.BillingPortal.Configuration;
  webhook_endpoint: Stripe.WebhookEndpoint;
  event: KeptEvent;
  /** What Stripe knows of a card and never tells, by the id of its payment method. */
  card: TestCard;
  /** A proration that waits for the next invoice. */
  pending_line: PendingLine;
  /** What an object was asked for and does not show. */
  note: Note;
  delivery: Delivery;
  answer: RememberedAnswer;
}

export type Kind = keyof Kinds;

export interface KeptEvent {
  id: string;
  object: 'event';
  api_version: string;
  created: number;
  data: { object: Record<string, unknown>; previous_attributes?: Record<string, unknown> };
  livemode: false;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: string;
}

export interface PendingLine {
  id: string;
  customer: string;
  subscription: string;
  line: Stripe.InvoiceLineItem;
}

export interface Note {
  /** Id of the object it is about. */
  id: string;
  /** Customers: every charge is refused with this decline code, as a test ordered. */
  declines?: string;
  /** The clock: seconds ahead of this machine. */
  offset?: number;
  /** Webhook endpoints: what their deliveries are signed with. */
  secret?: string;
  /** Invoices: the moment of the first failed charge, and how many of them count for the retries. */
  first_failure?: number;
  failures?: number;
  /** Subscriptions: the reminder of the trial's end was sent for this end. */
  trial_reminder_for?: number;
  /** Checkout sessions: what was asked for the subscription. */
  checkout?: CheckoutWishes;
  /** Checkout sessions and invoices: the card that waits for its owner's confirmation. */
  unconfirmed_card?: string;
}

export interface CheckoutWishes {
  metadata: Record<string, string>;
  trial_end?: number;
  trial_period_days?: number;
  missing_payment_method?: string;
  description?: string;
  save_address: boolean;
  save_name: boolean;
  proration_behavior?: string;
}

/** The head of each id says what it names. */
export const prefixes = {
  product: 'prod_',
  price: 'price_',
  customer: 'cus_',
  payment_method: 'pm_',
  payment_intent: 'pi_',
  charge: 'ch_',
  refund: 're_',
  subscription: 'sub_',
  subscription_schedule: 'sub_sched_',
  invoice: 'in_',
  invoice_payment: 'inpay_',
  'checkout.session': 'cs_test_',
  'billing_portal.session': 'bps_',
  'billing_portal.configuration': 'bpc_',
  webhook_endpoint: 'we_',
  event: 'evt_',
} as const;

import type Stripe from 'stripe';

export type Reason = 'subscription_create' | 'subscription_cycle' | 'subscription_update' | 'manual' | 'upcoming';

export interface NewInvoice {
  id: string;
  created: number;
  customer: Stripe.Customer;
  subscription: Stripe.Subscription;
  reason: Reason;
  lines: Stripe.InvoiceLineItem[];
  periodStart: number;
  periodEnd: number;
}

export function invoice(given: NewInvoice): Stripe.Invoice {
  const { customer, subscription } = given;
  const subtotal = given.lines.reduce((sum, line) => sum + line.amount, 0);
  return {
    id: given.id,
    object: 'invoice',
    account_country: 'DE',
    account_name: 'Glyphoxa (simulation)',
    account_tax_ids: null,
    amount_due: Math.max(0, subtotal),
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: Math.max(0, subtotal),
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: {
      disabled_reason: null,
      enabled: subscription.automatic_tax.enabled,
      liability: subscription.automatic_tax.liability,
      provider: subscription.automatic_tax.enabled ? 'stripe' : null,
      status: subscription.automatic_tax.enabled ? 'complete' : null,
    },
    automatically_finalizes_at: null,
    billing_reason: given.reason,
    collection_method: subscription.collection_method,
    created: given.created,
    currency: subscription.currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: customer.tax_exempt ?? 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: lineList(given.id, given.lines),
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: {
      quote_details: null,
      subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
      type: 'subscription_details',
    },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: given.periodEnd,
    period_start: given.periodStart,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: customer.balance,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal,
    subtotal_excluding_tax: subtotal,
    test_clock: null,
    total: subtotal,
    total_discount_amounts: [],
    total_excluding_tax: subtotal,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  };
}

export function lineList(id: string, data: Stripe.InvoiceLineItem[]): Stripe.ApiList<Stripe.InvoiceLineItem> {
  return { object: 'list', data, has_more: false, url: `/v1/invoices/${id}/lines` };
}

export function line(given: {
  id: string;
  amount: number;
  description: string;
  item: Stripe.SubscriptionItem;
  price: Stripe.Price;
  quantity: number;
  subscription: Stripe.Subscription;
  start: number;
  end: number;
  proration: boolean;
  credited?: { invoice: string; lines: string[] } | undefined;
}): Stripe.InvoiceLineItem {
  return {
    id: given.id,
    object: 'line_item',
    amount: given.amount,
    currency: given.price.currency,
    description: given.description,
    discount_amounts: [],
    discountable: !given.proration,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: given.subscription.metadata,
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: given.proration ? given.id.replace(/^il_/, 'ii_') : null,
        proration: given.proration,
        proration_details: {
          credited_items: given.credited
            ? { invoice: given.credited.invoice, invoice_line_items: given.credited.lines }
            : null,
        },
        subscription: given.subscription.id,
        subscription_item: given.item.id,
      },
      type: 'subscription_item_details',
    },
    period: { end: given.end, start: given.start },
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: given.price.id, product: String(given.price.product) },
      type: 'price_details',
      unit_amount_decimal: given.price.unit_amount_decimal,
    },
    quantity: given.quantity,
    quantity_decimal: decimal(given.quantity),
    subscription: given.subscription.id,
    subtotal: given.amount,
    taxes: [],
  };
}

/** On the wire a decimal is text; the SDK makes its own type of it. */
export function decimal(value: number): Stripe.Decimal {
  return String(value) as unknown as Stripe.Decimal;
}

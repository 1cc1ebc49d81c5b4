import Stripe from 'stripe';

export type { Stripe };

/** What our code and SQL read of Stripe's objects is their shape in this version; the webhook endpoint is registered with it. */
export const stripeApiVersion = '2026-10-28.endive';

/** What Stripe tells us about: the events that the database applies. */
export const stripeEvents = [
  'checkout.session.completed',
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'customer.subscription.trial_will_end',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.finalized',
  'invoice.voided',
  'invoice_payment.paid',
  'charge.failed',
  'charge.refunded',
] as const;

export interface StripeSettings {
  secretKey: string;
  /** Address of the API; default `https://api.stripe.com`. */
  apiUrl?: string | undefined;
  /** Milliseconds that one try may take; default 8000. */
  timeoutMs?: number;
  /** Further tries after a lost connection, a 409 or a 5xx, under the same idempotency key; default 2. */
  retries?: number;
}

/** Stripe's own client, over fetch, so that it is the same under Node and Deno. */
export function createStripe({ secretKey, apiUrl, timeoutMs = 8_000, retries = 2 }: StripeSettings): Stripe {
  const url = new URL(apiUrl ?? 'https://api.stripe.com');
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  return new Stripe(secretKey, {
    apiVersion: stripeApiVersion,
    httpClient: Stripe.createFetchHttpClient(),
    host: url.hostname,
    port: url.port || (protocol === 'http' ? 80 : 443),
    protocol,
    timeout: timeoutMs,
    maxNetworkRetries: retries,
    telemetry: false,
    appInfo: { name: 'glyphoxa' },
  });
}

/** Whether a key moves real money. */
export function isLiveKey(secretKey: string): boolean {
  return /^[a-z]+_live_/.test(secretKey);
}

/** The id of what Stripe gives as an id or, expanded, as the object. */
export function idOf(value: string | { id: string } | null | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.id;
}

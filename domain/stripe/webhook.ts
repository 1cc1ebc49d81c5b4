// What makes a request an event of our account at Stripe, in the shape that the database understands.
import Stripe from 'stripe';
import { z } from 'zod';
import { stripeApiVersion } from './client.ts';

/** Older signatures are refused: whoever has recorded a delivery cannot send it again later. */
const toleranceSeconds = 300;

/** Why a delivery was not taken. */
export class WebhookRefusal extends Error {
  override readonly name = 'WebhookRefusal';
  readonly code: 'webhook_signature' | 'webhook_event';

  constructor(code: WebhookRefusal['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** `STRIPE_WEBHOOK_SECRET`: one secret, or several with commas between while one replaces another. */
export function webhookSecrets(text: string): string[] {
  return text.split(',').flatMap((secret) => secret.trim() || []);
}

const event = z.looseObject({
  id: z.string().regex(/^evt_\w+$/),
  object: z.literal('event'),
  type: z.string().min(1),
  created: z.number().int().positive(),
  livemode: z.boolean(),
  /** Only of events of accounts that are connected to ours. */
  account: z.string().nullish(),
  api_version: z.string(),
  data: z.looseObject({ object: z.looseObject({ object: z.string() }) }),
});

export type StripeEvent = z.output<typeof event>;

export interface Expected {
  secrets: readonly string[];
  liveMode: boolean;
}

/** The event of a delivery, once its signature holds, and its shape, mode and API version are ours. Throws `WebhookRefusal`. */
export async function readEvent(body: string, signature: string | null, expected: Expected): Promise<StripeEvent> {
  const parsed = event.safeParse(await verify(body, signature, expected.secrets));
  if (!parsed.success) {
    throw new WebhookRefusal('webhook_event', 'This is no event as Stripe sends them.', parsed.error);
  }
  const given = parsed.data;
  if (given.livemode !== expected.liveMode) {
    const [is, ours] = given.livemode ? ['live', 'a test'] : ['test', 'a live'];
    throw new WebhookRefusal('webhook_event', `This is a ${is} event, and ours is ${ours} key.`);
  }
  // Whoever owns a connected account writes what they like on its objects.
  if (given.account) throw new WebhookRefusal('webhook_event', 'This is an event of another account than ours.');
  // Within a named release Stripe only adds.
  if (releaseOf(given.api_version) !== releaseOf(stripeApiVersion)) {
    const versions = `${given.api_version}, and ours is ${stripeApiVersion}`;
    throw new WebhookRefusal('webhook_event', `This event has the shape of API version ${versions}.`);
  }
  return given;
}

async function verify(body: string, signature: string | null, secrets: readonly string[]): Promise<unknown> {
  let last: unknown;
  for (const secret of secrets) {
    try {
      return await Stripe.webhooks.constructEventAsync(body, signature ?? '', secret, toleranceSeconds, hmac);
    } catch (thrown) {
      last = thrown;
      if (!(thrown instanceof Stripe.errors.StripeSignatureVerificationError)) break;
    }
  }
  if (last instanceof Stripe.errors.StripeSignatureVerificationError) {
    throw new WebhookRefusal('webhook_signature', 'The signature is missing, wrong or too old.', last);
  }
  throw new WebhookRefusal('webhook_event', 'This is no event as Stripe sends them.', last);
}

/** Web Crypto, which Node and Deno both have. */
const hmac = Stripe.createSubtleCryptoProvider();

function releaseOf(version: string): string | undefined {
  return version.split('.')[1];
}

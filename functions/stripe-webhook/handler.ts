import { z } from 'zod';
import { readEvent, type StripeEvent, WebhookRefusal } from '../../domain/stripe/webhook.ts';
import { AppError } from '../_shared/app-error.ts';
import { createHandler } from '../_shared/http.ts';
import { callFunction, type MgmtClient } from '../_shared/supabase.ts';
import { readText } from './body.ts';

export interface WebhookDeps {
  /** Signing secrets of the endpoint; several while one is being replaced. */
  secrets: readonly string[];
  /** Whether our key moves real money: test events do not belong here then, nor the reverse. */
  liveMode: boolean;
  database: MgmtClient;
}

const recorded = z.object({
  event_id: z.string(),
  outcome: z.enum(['applied', 'duplicate', 'ignored', 'stale', 'failed']),
});

/**
 * Takes what Stripe sends. 400 and nothing recorded for what is not Stripe's or not as we understand it; 200 once the database has
 * the event, whatever came of it; 5xx when it has not, so that Stripe sends it again.
 */
export function createWebhookHandler(deps: WebhookDeps): (request: Request) => Promise<Response> {
  return createHandler('stripe-webhook', { 'POST /': ({ request }) => takeEvent(deps, request) }, { open: true });
}

async function takeEvent({ secrets, liveMode, database }: WebhookDeps, request: Request): Promise<Response> {
  if (secrets.length === 0) {
    throw new AppError('billing_not_configured', 'Payments are not set up here.', {
      hint: 'Set STRIPE_WEBHOOK_SECRET.',
    });
  }
  const body = await readText(request);
  const event = await verified(body, request.headers.get('stripe-signature'), { secrets, liveMode });
  const { event_id: id, outcome } = await record(database, event);
  if (outcome === 'failed') console.warn(`Event ${id} was recorded and could not be applied.`);
  return Response.json({ event_id: id, outcome });
}

/** Whatever keeps the database from recording is our fault, never the event's: Stripe shall send it again. */
async function record(database: MgmtClient, event: StripeEvent): Promise<z.output<typeof recorded>> {
  try {
    return await callFunction(database, 'record_stripe_event', { event, source: 'webhook' }, recorded);
  } catch (cause) {
    throw new AppError('internal', 'The event could not be recorded.', { cause });
  }
}

async function verified(
  body: string,
  signature: string | null,
  expected: { secrets: readonly string[]; liveMode: boolean },
) {
  try {
    return await readEvent(body, signature, expected);
  } catch (thrown) {
    if (thrown instanceof WebhookRefusal) throw new AppError(thrown.code, thrown.message, { cause: thrown });
    throw thrown;
  }
}

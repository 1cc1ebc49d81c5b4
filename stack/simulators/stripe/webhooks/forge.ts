import Stripe from 'stripe';
import { z } from 'zod';
import { type Account, apiVersion } from '../account.ts';
import { invalid } from '../api/errors.ts';
import { noteOf } from '../billing/notes.ts';
import { newId } from '../ids.ts';

export const forgerySchema = z.strictObject({
  /** Id of an event that was told before. */
  event: z.string().optional(),
  /** Or the type and object of one that never was. */
  type: z.string().default('customer.updated'),
  object: z.record(z.string(), z.unknown()).default({}),
  signature: z.enum(['wrong', 'old', 'good', 'none']).default('wrong'),
});

/** Older than any endpoint should accept. */
const oldSeconds = 600;

/** Sends one event that an endpoint must judge by itself: with a wrong, an old, no, or a good signature. */
export async function forge(
  account: Account,
  given: z.output<typeof forgerySchema>,
): Promise<{ status: number; body: string }> {
  const [endpoint] = account.store.all('webhook_endpoint');
  if (!endpoint) throw invalid('There is no webhook endpoint.');
  const event = given.event
    ? account.get('event', given.event)
    : {
        id: newId('evt_'),
        object: 'event',
        api_version: apiVersion,
        created: account.now(),
        data: { object: given.object },
        livemode: false,
        pending_webhooks: 1,
        request: { id: null, idempotency_key: null },
        type: given.type,
      };
  const payload = JSON.stringify(event, undefined, 2);
  const secret = given.signature === 'wrong' ? 'whsec_of_somebody_else' : (noteOf(account, endpoint.id).secret ?? '');
  const timestamp = Math.floor(Date.now() / 1_000) - (given.signature === 'old' ? oldSeconds : 0);
  const { webhooks } = new Stripe(account.settings.secretKey);
  const signature = await webhooks.generateTestHeaderStringAsync({ payload, secret, timestamp });
  const answer = await fetch(endpoint.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(given.signature !== 'none' && { 'stripe-signature': signature }),
    },
    body: payload,
  });
  return { status: answer.status, body: await answer.text() };
}

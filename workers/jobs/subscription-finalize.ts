import { z } from 'zod';
import { describe } from '../log.ts';
import { defineJob, quick } from './job.ts';

/** So that the last call ends before the job's connection is cut. */
const oneShortTry = { timeout: 4_000, maxNetworkRetries: 0 };

/**
 * Day 30 after a payment that failed: the subscription ends here, and what still runs at Stripe is canceled there. That Stripe is away
 * does not keep it from ending here; the next hour tries again, and an idempotency key makes two cancels one.
 */
export const subscriptionFinalize = defineJob({
  name: 'subscription.finalize',
  schedule: '8 * * * *',
  payload: z.object({}),
  options: quick,
  async handle(_payload, { db, stripe, log, signal }) {
    const [row] = await db.query<{ changed: number }>('select private.finalize_unpaid() as changed');
    const unpaid = await db.query<{ stripe_subscription_id: string; tenant_id: string }>(
      'select * from private.unpaid_stripe_subscriptions()',
    );
    const client = unpaid.length > 0 ? await stripe() : null;
    let canceled = 0;
    for (const { stripe_subscription_id: id, tenant_id: tenant } of client ? unpaid : []) {
      // What is left is for the next hour: a failure here would undo what has ended.
      if (signal.aborted) break;
      try {
        await client?.subscriptions.cancel(id, {}, { idempotencyKey: `finalize-${id}`, ...oneShortTry });
        canceled += 1;
      } catch (thrown) {
        log.warn('Stripe did not cancel a subscription', { subscription: id, tenant, error: describe(thrown) });
      }
    }
    return { changed: row?.changed, canceled, left: unpaid.length - canceled };
  },
});

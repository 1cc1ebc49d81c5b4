import { z } from 'zod';
import { defineJob, patient } from './job.ts';

/** Webhooks are repeated by Stripe for three days; what is older than this and was missed all the time needs a person. */
const days = 35;

/**
 * Mends what a lost webhook left behind: each night everything, and at once the one subscription whose state SQL was told in a way
 * that leaves it open.
 */
export const stripeReconcile = defineJob({
  name: 'stripe.reconcile',
  schedule: '40 4 * * *',
  payload: z.object({ stripe_subscription_id: z.string().optional() }),
  options: { ...patient, timeout: 600 },
  async handle({ stripe_subscription_id: subscription }, { db, env, signal }) {
    const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: apiUrl } = env;
    if (!secretKey) return { skipped: 'no STRIPE_SECRET_KEY' };
    const [{ createStripe }, { reconcile, reconcileStore }] = await Promise.all([
      import('../../domain/stripe/client.ts'),
      import('../../domain/stripe/reconcile.ts'),
    ]);
    const store = reconcileStore((sql, values) => db.query(sql, values));
    const stripe = createStripe({ secretKey, apiUrl, timeoutMs: 30_000 });
    return { ...(await reconcile(stripe, store, subscription ? { subscription } : { days }, signal)) };
  },
});

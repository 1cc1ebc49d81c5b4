import { z } from 'zod';
import { isGatewayError } from '../gateway-error.ts';
import { removeFiles } from './files.ts';
import { defineJob, type JobDeps, patient } from './job.ts';

const deletionSchema = z.object({
  purged: z.boolean(),
  at_gateway: z.boolean(),
  gateway_given_up: z.boolean(),
  stripe_customers: z.array(z.string()),
  files: z.array(z.object({ bucket: z.string(), name: z.string() })),
});
type Deletion = z.infer<typeof deletionSchema>;

/** The most that Stripe's library collects. */
const all = { limit: 10_000 };

/**
 * The rest of mgmt.delete_tenant(): ends whatever is paid at Stripe, empties Storage, lets the voice service disconnect the bot, and then
 * purges what is left. Each step may be done again.
 */
export const tenantDelete = defineJob({
  name: 'tenant.delete',
  payload: z.object({ tenant_id: z.string() }),
  options: patient,
  async handle({ tenant_id: tenant }, deps) {
    const [row] = await deps.db.query<{ deletion: unknown }>('select private.tenant_deletion($1) as deletion', [
      tenant,
    ]);
    if (!row?.deletion) return { skipped: 'nobody asked for it' };
    const deletion = deletionSchema.parse(row.deletion);
    if (deletion.purged) return { skipped: 'purged before' };

    const subscriptions = await leaveStripe(deletion.stripe_customers, deps);
    await removeFiles(deletion.files, deps);
    if (deletion.at_gateway) await leaveGateway(tenant, deletion, deps);
    await deps.db.query('select private.purge_tenant($1)', [tenant]);
    return { subscriptions, files: deletion.files.length };
  },
});

/**
 * Ends what these customers pay, also what the database does not know of; how many subscriptions that were. First the pages on which
 * another one could be bought.
 */
async function leaveStripe(customers: string[], { env }: JobDeps): Promise<number> {
  if (customers.length === 0) return 0;
  const secretKey = env['STRIPE_SECRET_KEY'];
  if (!secretKey) throw new Error('What a table pays at Stripe must end, and STRIPE_SECRET_KEY is not set.');
  const { createStripe } = await import('../../domain/stripe/client.ts');
  const stripe = createStripe({ secretKey, apiUrl: env['STRIPE_API_URL'] });
  let ended = 0;
  for (const customer of customers) {
    const pages = await stripe.checkout.sessions.list({ customer, status: 'open', limit: 100 }).autoPagingToArray(all);
    for (const { id } of pages) {
      await stripe.checkout.sessions.expire(id, {}, { idempotencyKey: `tenant.delete:${id}` });
    }
    // Without a status Stripe lists what has not been canceled.
    const running = await stripe.subscriptions.list({ customer, limit: 100 }).autoPagingToArray(all);
    for (const { id, status } of running) {
      if (status === 'canceled' || status === 'incomplete_expired') continue;
      await stripe.subscriptions.cancel(id, {}, { idempotencyKey: `tenant.delete:${id}` });
      ended += 1;
    }
  }
  return ended;
}

async function leaveGateway(tenant: string, { gateway_given_up: givenUp }: Deletion, deps: JobDeps): Promise<void> {
  const gateway = await deps.gateway();
  if (!gateway) return;
  try {
    await gateway.deleteTenant({ id: tenant });
  } catch (thrown) {
    if (!isGatewayError(thrown)) throw thrown;
    if (thrown.code === 'not_found' || thrown.code === 'gateway_unsupported' || givenUp) {
      deps.log.warn('the voice service was not told of a deleted table', { tenant, code: thrown.code });
      return;
    }
    throw thrown;
  }
}

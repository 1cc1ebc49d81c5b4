import pg from 'pg';
import { createStripe } from '../../domain/stripe/client.ts';
import { findPrice, type Plan, planColumns } from '../../domain/stripe/plans.ts';
import { setUpCatalogue, setUpPortal } from '../../domain/stripe/setup.ts';
import { databaseUrl, serviceUrl, type StackContext } from '../context.ts';
import { stripeAccount } from '../services/addresses.ts';

/** What an operator does once with `npm run billing:setup`, so that plans can be bought in the demo. */
export async function setUpBilling(context: StackContext): Promise<void> {
  const { STRIPE_SECRET_KEY: secretKey = '', STRIPE_API_URL: apiUrl } = stripeAccount(context);
  const stripe = createStripe({ secretKey, apiUrl });
  const silent = () => undefined;
  await setUpCatalogue(stripe, await readPlans(context), silent);
  await setUpPortal(stripe, new URL('/billing', serviceUrl(context, 'app')).href, silent);
}

export interface Subscriber {
  tenantId: string;
  /** Plan id, paid by the month. */
  plan: string;
  name: string;
  since: Date;
}

/**
 * A subscription that somebody bought some time ago: Stripe's clock goes back to that moment and then to now, and every webhook of it
 * has been applied when this returns. Only in an account without customers, which has no past yet.
 */
export async function subscribe(context: StackContext, { tenantId, plan, name, since }: Subscriber): Promise<void> {
  const { STRIPE_SECRET_KEY: secretKey = '', STRIPE_API_URL: apiUrl = '' } = stripeAccount(context);
  const stripe = createStripe({ secretKey, apiUrl });
  const now = new Date();
  const price = await findPrice(stripe, `glyphoxa_${plan}_monthly`);
  if (!price) throw new Error(`Demo data: the plan ${plan} has no price at Stripe.`);
  await control(apiUrl, 'clock', { to: since.toISOString() });
  const metadata = { tenant_id: tenantId };
  const customer = await stripe.customers.create({ name, metadata, payment_method: 'pm_card_visa' });
  const [card] = (await stripe.customers.listPaymentMethods(customer.id)).data;
  await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    metadata,
    ...(card && { default_payment_method: card.id }),
  });
  await control(apiUrl, 'clock', { to: now.toISOString() });
  await control(apiUrl, 'deliveries/settle', { timeout_ms: 20_000 });
}

async function control(stripeUrl: string, path: string, body: object): Promise<void> {
  const answer = await fetch(`${stripeUrl}/_control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok)
    throw new Error(`Demo data: the Stripe simulator answered ${answer.status} to ${path}: ${await answer.text()}`);
}

async function readPlans(context: StackContext): Promise<Plan[]> {
  const client = new pg.Client({ connectionString: databaseUrl(context, 'postgres') });
  await client.connect();
  try {
    const { rows } = await client.query<Plan>(`select ${planColumns} from mgmt.subscription_plans where active`);
    return rows;
  } finally {
    await client.end();
  }
}

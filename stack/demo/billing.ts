import pg from 'pg';
import { createStripe } from '../../domain/stripe/client.ts';
import { type Plan, planColumns } from '../../domain/stripe/plans.ts';
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

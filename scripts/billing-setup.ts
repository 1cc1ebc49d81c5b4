// `npm run billing:setup [-- --webhook <url>]`: makes products, prices and the customer portal at Stripe from the plans of the
// database, and registers the webhook endpoint if an address is given. Safe to run again. Needs STRIPE_SECRET_KEY; reads the plans
// by DATABASE_URL, or by SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY, or from the running embedded stack.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createStripe } from '../domain/stripe/client.ts';
import { setUpCatalogue, setUpPortal, setUpWebhook, type SetupStep } from '../domain/stripe/setup.ts';
import { StackError } from '../stack/errors.ts';
import { readPlans } from './lib/plans.ts';

function report({ what, done }: SetupStep): void {
  console.log(`${done.padEnd(8)}${what}`);
}

async function run(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { values } = parseArgs({ options: { webhook: { type: 'string' } } });
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: apiUrl, APP_URL: appUrl } = process.env;
  if (!secretKey) throw new StackError('STRIPE_SECRET_KEY is not set.');
  if (values.webhook !== undefined && !URL.canParse(values.webhook)) {
    throw new StackError('--webhook wants the address of the function, https://…/functions/v1/stripe-webhook.');
  }
  const stripe = createStripe({ secretKey, apiUrl, timeoutMs: 30_000 });
  await setUpCatalogue(stripe, await readPlans(process.env), report);
  await setUpPortal(stripe, appUrl && new URL('/billing', appUrl).href, report);
  if (values.webhook === undefined) return;
  const secret = await setUpWebhook(stripe, values.webhook, report);
  if (secret) console.log(`\nShown this once: STRIPE_WEBHOOK_SECRET=${secret}`);
}

try {
  await run();
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

// `npm run billing:reconcile [-- <subscription id>]`: compares Stripe with the database now, as the worker does each night, and mends
// what differs. Needs STRIPE_SECRET_KEY; the database by DATABASE_URL, or that of the running embedded stack.
import { existsSync } from 'node:fs';
import pg from 'pg';
import { createStripe } from '../domain/stripe/client.ts';
import { reconcile, reconcileStore } from '../domain/stripe/reconcile.ts';
import { databaseUrl } from '../stack/context.ts';
import { StackError } from '../stack/errors.ts';
import { runningContext } from '../stack/running-context.ts';

const days = 35;

async function run(subscription: string | undefined): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: apiUrl, DATABASE_URL: database } = process.env;
  if (!secretKey) throw new StackError('STRIPE_SECRET_KEY is not set.');
  const client = new pg.Client({ connectionString: database ?? databaseUrl(runningContext(process.env), 'postgres') });
  await client.connect();
  try {
    const store = reconcileStore(async (sql, values) => (await client.query(sql, values)).rows);
    const stripe = createStripe({ secretKey, apiUrl, timeoutMs: 30_000 });
    const { seen, mended, failed, retried } = await reconcile(
      stripe,
      store,
      subscription ? { subscription } : { days },
    );
    console.log(`${seen} looked at, ${mended} mended, ${failed} failed, ${retried} earlier failures healed`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    await client.end();
  }
}

try {
  await run(process.argv[2]);
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

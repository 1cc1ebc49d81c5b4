import pg from 'pg';
import { type Plan, planColumns } from '../../domain/stripe/plans.ts';
import { databaseUrl } from '../../stack/context.ts';
import { StackError } from '../../stack/errors.ts';
import { runningContext } from '../../stack/running-context.ts';

/** The active plans, by the API where it is named, else from the database. */
export async function readPlans(env: NodeJS.ProcessEnv): Promise<Plan[]> {
  const { DATABASE_URL: database, SUPABASE_URL: url, SUPABASE_PUBLISHABLE_KEY: key } = env;
  if (!database && url && key) return fromApi(url, key);
  return fromDatabase(database ?? databaseUrl(runningContext(env), 'postgres'));
}

async function fromDatabase(connectionString: string): Promise<Plan[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<Plan>(
      `select ${planColumns} from mgmt.subscription_plans where active order by tier_order`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

async function fromApi(url: string, key: string): Promise<Plan[]> {
  const address = new URL('/rest/v1/subscription_plans', url);
  address.searchParams.set('select', planColumns.replaceAll(' ', ''));
  address.searchParams.set('order', 'tier_order');
  const answer = await fetch(address, { headers: { apikey: key, 'accept-profile': 'mgmt' } });
  if (!answer.ok) throw new StackError(`${url} answered ${answer.status} when asked for the plans.`);
  return (await answer.json()) as Plan[];
}

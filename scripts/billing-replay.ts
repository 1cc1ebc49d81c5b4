// `npm run billing:replay [-- <tenant>]`: rebuilds subscriptions, invoices and payments from the log of Stripe's events alone,
// of one table or of all, and prints how many rows were not as the log says. Safe while everything runs.
import pg from 'pg';
import { databaseUrl } from '../stack/context.ts';
import { StackError } from '../stack/errors.ts';
import { runningContext } from '../stack/running-context.ts';

interface Rebuilt {
  rows: number;
  differed: number;
}

interface Replay {
  events: number;
  failed: number;
  subscriptions: Rebuilt;
  invoices: Rebuilt;
  payments: Rebuilt;
}

/** The running embedded stack's database, or another installation's by DATABASE_URL (role postgres). */
function addressOfDatabase(): string {
  return process.env['DATABASE_URL'] ?? databaseUrl(runningContext(process.env), 'postgres');
}

async function replay(tenant: string | null): Promise<void> {
  const client = new pg.Client({ connectionString: addressOfDatabase() });
  await client.connect();
  try {
    const { rows } = await client.query<{ done: Replay }>('select private.replay_payment_events($1) as done', [tenant]);
    const { events, failed, ...rebuilt } = rows[0]!.done;
    console.log(`Events read: ${events}, of which ${failed} cannot be applied.`);
    for (const [kind, { rows: count, differed }] of Object.entries(rebuilt)) {
      console.log(`${kind}: ${count} rows, ${differed} differed.`);
    }
  } finally {
    await client.end();
  }
}

try {
  const [tenant = null, ...more] = process.argv.slice(2);
  if (more.length > 0) throw new StackError('Usage: npm run billing:replay [-- <tenant>]');
  await replay(tenant);
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

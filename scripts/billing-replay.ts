// `npm run billing:replay [-- <tenant>]`: rebuilds subscriptions, invoices and payments from the log of Stripe's events alone,
// of one table or of all, and prints how many rows were not as the log says. Safe while everything runs.
import pg from 'pg';
import { databaseUrl } from '../stack/context.ts';
import { StackError } from '../stack/errors.ts';
import { runningContext } from '../stack/running-context.ts';

const kinds = ['subscriptions', 'invoices', 'payments'] as const;

interface Rebuilt {
  rows: number;
  differed: { row: string; fields: string[] }[];
}

type Replay = { events: number } & Record<(typeof kinds)[number], Rebuilt>;

/** The running embedded stack's database, or another installation's by DATABASE_URL (role postgres). */
function addressOfDatabase(): string {
  return process.env['DATABASE_URL'] ?? databaseUrl(runningContext(process.env), 'postgres');
}

/** Each table in a transaction of its own, so that no table waits for another's. */
async function replay(only: string | null): Promise<void> {
  const client = new pg.Client({ connectionString: addressOfDatabase() });
  await client.connect();
  try {
    const { rows: tenants } = await client.query<{ id: string }>(
      'select id from private.replayable_tenants() as id where $1::text is null or id = $1',
      [only],
    );
    if (only && tenants.length === 0) throw new StackError(`The log of Stripe's events knows no table ${only}.`);
    const replays: Replay[] = [];
    for (const { id } of tenants) {
      const { rows } = await client.query<{ done: Replay }>('select private.replay_payment_events($1) as done', [id]);
      replays.push(rows[0]!.done);
    }
    const applied = only ? 0 : await retryFailed(client);
    const events = replays.reduce((sum, one) => sum + one.events, 0);
    console.log(`Events read: ${events}, of ${tenants.length} tables. Applied that could not be before: ${applied}.`);
    for (const kind of kinds) report(kind, replays);
  } finally {
    await client.end();
  }
}

function report(kind: (typeof kinds)[number], replays: Replay[]): void {
  const rows = replays.reduce((sum, one) => sum + one[kind].rows, 0);
  const differed = replays.flatMap((one) => one[kind].differed);
  console.log(`${kind}: ${rows} rows, ${differed.length} differed.`);
  for (const { row, fields } of differed) console.log(`  ${row}: ${fields.join(', ')}`);
}

/** A reason to fail may be gone: a plan that is known by now, a mistake of ours that is mended. */
async function retryFailed(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ id: string }>(
    `select stripe_event_id as id from private.payment_events where outcome = 'failed' order by created, stripe_event_id`,
  );
  let applied = 0;
  for (const { id } of rows) {
    const { rows: tried } = await client.query<{ outcome: string }>(
      'select outcome from private.try_payment_event($1)',
      [id],
    );
    if (tried[0]?.outcome !== 'failed') applied += 1;
  }
  return applied;
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

// What the clock does to plans, through the worker: rows follow what private.entitlement() said before, Owners are told once, and on
// day 30 Stripe cancels once. Each job runs twice wherever it runs.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { StripeModel } from '../billing/stripe-model.ts';
import { recordAll } from '../billing/table.ts';
import { closeDatabase } from '../lib/database.ts';
import { mailTo } from '../lib/mailbox.ts';
import { OwnStripe } from './own-stripe.ts';
import { OwnWorker } from './own-worker.ts';
import { Scratch, type Table } from './scratch.ts';

const day = 86_400;
const hour = 3_600;

let scratch: Scratch;
let stripe: OwnStripe;
let worker: OwnWorker;

beforeAll(async () => {
  [scratch, stripe] = await Promise.all([
    Scratch.create(),
    // As the function stripe-webhook records it.
    OwnStripe.start((event) => scratch.root('select mgmt.record_stripe_event($1)', [event])),
  ]);
  worker = new OwnWorker(scratch.database.urlFor('WORKER_DATABASE_URL'), {
    ...scratch.workerEnv,
    ...stripe.workerEnv(),
  });
  await worker.ready;
});
afterEach(() => scratch.clock('0 seconds'));
afterAll(async () => {
  await worker?.end('SIGTERM');
  await stripe?.end();
  await scratch?.remove();
  await closeDatabase();
});

async function newTable(): Promise<Table> {
  const table = await scratch.table();
  await scratch.root('update mgmt.users set email_verified = true where id = $1', [table.owner]);
  return table;
}

/** Lets the job run twice and everything that follows from it. */
async function work(job: string): Promise<void> {
  for (let time = 1; time <= 2; time += 1) {
    await scratch.enqueue(job);
    await scratch.drained();
  }
}

const live = async ({ tenant }: Table) => {
  const [row] = await scratch.root(
    `select plan_id, status, extract(epoch from current_period_start)::int as since, extract(epoch from current_period_end)::int as until
     from mgmt.subscriptions where tenant_id = $1 and ended_at is null`,
    [tenant],
  );
  return row!;
};
const said = async ({ tenant }: Table) => {
  const [row] = await scratch.root(
    `select plan_id, status, extract(epoch from period_start)::int as since, extract(epoch from period_end)::int as until
     from private.entitlement($1)`,
    [tenant],
  );
  return row!;
};
const told = async ({ tenant }: Table) =>
  (
    await scratch.root<{ kind: string }>(
      'select kind from mgmt.notifications where tenant_id = $1 order by created_at, kind',
      [tenant],
    )
  ).map(({ kind }) => kind);

/** What the job changes in the row is what held before it ran. */
async function becomes(table: Table, job: string, expected: object): Promise<void> {
  const before = await said(table);
  expect(before).toMatchObject(expected);
  expect(await live(table)).not.toMatchObject(before);
  await work(job);
  expect(await live(table)).toEqual(before);
  expect(await said(table)).toEqual(before);
}

/** One mail for each thing that the Owner was told. */
async function mailed(table: Table): Promise<void> {
  const mails = await mailTo(table.email);
  const kinds = await told(table);
  expect(new Set(mails.map(({ message_id: id }) => id)).size).toBe(mails.length);
  expect(mails).toHaveLength(kinds.length);
}

test('a trial is announced to end, and ends', async () => {
  const table = await newTable();
  await scratch.trial(table, 0);
  await scratch.clock('10 days');
  await work('trial.expire');
  expect(await told(table)).toEqual([]);
  await scratch.clock(`${11 * day + hour} seconds`);
  await work('trial.expire');
  expect(await live(table)).toMatchObject({ plan_id: 'adventurer', status: 'trialing' });
  expect(await told(table)).toEqual(['trial_ending']);

  await scratch.clock(`${14 * day + 60} seconds`);
  await becomes(table, 'trial.expire', { plan_id: 'apprentice', status: 'active' });
  expect(await told(table)).toEqual(['trial_ending', 'plan_changed']);
  await mailed(table);
});

test('a free plan rolls on', async () => {
  const table = await newTable();
  await scratch.trial(table, 0);
  await scratch.clock('20 days');
  await work('trial.expire');
  const { until } = await live(table);
  await scratch.clock('46 days');
  await becomes(table, 'subscription.roll', { plan_id: 'apprentice', status: 'active', since: until });
});

test('an agreed downgrade becomes true at the end of the period, although Stripe is late with the news', async () => {
  const table = await newTable();
  await scratch.trial(table, 1);
  const model = new StripeModel(table.tenant, Math.floor(Date.now() / 1000) - hour);
  model.checkout('guild', 'monthly');
  model.downgrade('adventurer', 'monthly');
  await recordAll((sql, values) => scratch.root(sql, values), model.events);
  await scratch.drained();
  expect(await told(table)).toEqual(['plan_changed']);
  const { periodEnd } = model.current!;
  await scratch.clock(`${periodEnd - Math.floor(Date.now() / 1000) + 60} seconds`);
  await becomes(table, 'subscription.roll', { plan_id: 'adventurer', status: 'active', since: periodEnd });
  expect(await told(table)).toEqual(['plan_changed', 'plan_changed']);
  await mailed(table);
});

test('a payment fails: seven days of grace, then a pause, on day 30 the free plan and one cancellation at Stripe', async () => {
  const table = await newTable();
  await scratch.trial(table, 1);
  const { customer, subscription } = await stripe.buy(table.tenant, 'glyphoxa_guild_monthly', 2900);
  await stripe.control('/deliveries/settle', {});
  await scratch.drained();
  const bought = await live(table);
  expect(bought).toMatchObject({ plan_id: 'guild', status: 'active' });
  const failed = Number(bought['until']);

  /** To so many seconds after the payment that failed, here and at Stripe. */
  const travel = async (after: number) => {
    await scratch.clock(`${failed + after - Math.floor(Date.now() / 1000)} seconds`);
    await stripe.control('/clock', { to: failed + after });
    await stripe.control('/deliveries/settle', {});
    await scratch.drained();
  };
  const status = async () => (await stripe.client.subscriptions.retrieve(subscription)).status;

  await stripe.control('/decline', { customer });
  await travel(2 * hour);
  expect(await live(table)).toMatchObject({ plan_id: 'guild', status: 'past_due' });
  await travel(6 * day);
  await work('grace.suspend');
  expect(await live(table)).toMatchObject({ plan_id: 'guild', status: 'past_due' });

  // The invoice is made within the first hours of the period.
  await travel(7 * day + 3 * hour);
  await becomes(table, 'grace.suspend', { plan_id: 'guild', status: 'suspended' });
  expect(await told(table)).toEqual(['plan_changed', 'payment_failed', 'plan_paused']);

  await travel(27 * day);
  await work('subscription.finalize');
  expect(await live(table)).toMatchObject({ plan_id: 'guild', status: 'suspended' });
  expect(await status()).toBe('past_due');

  await travel(30 * day + 3 * hour);
  expect(await said(table)).toMatchObject({ plan_id: 'apprentice', status: 'active' });
  // Stripe's word on when it ended follows, and moves where the free months are counted from.
  await work('subscription.finalize');
  await stripe.control('/deliveries/settle', {});
  expect(await live(table)).toMatchObject({ plan_id: 'apprentice', status: 'active' });
  expect(await said(table)).toMatchObject(await live(table));
  await work('subscription.finalize');
  expect(await status()).toBe('canceled');
  expect(await stripe.ends(subscription)).toBe(1);
  expect(await told(table)).toEqual(['plan_changed', 'payment_failed', 'plan_paused', 'plan_changed']);
  await mailed(table);
});

test('the clock wants these jobs by itself', async () => {
  expect(
    await scratch.root(
      `select name, cron from pgboss.schedule where name ~ '^(trial|grace|subscription)' order by name`,
    ),
  ).toEqual([
    { name: 'grace.suspend', cron: '3-59/10 * * * *' },
    { name: 'subscription.finalize', cron: '8 * * * *' },
    { name: 'subscription.roll', cron: '6-59/10 * * * *' },
    { name: 'trial.expire', cron: '*/10 * * * *' },
  ]);
});

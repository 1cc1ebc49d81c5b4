// Whatever was said twice, in another order or never: it ends in Stripe's state.
import { spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { asRoot } from '../lib/database.ts';
import { stackVariable } from '../lib/environment.ts';
import { ok, until } from '../sessions/table.ts';
import {
  billing,
  buy,
  checkoutUrl,
  cards,
  control,
  customerOf,
  newPayer,
  type Payer,
  rowOf,
  stripe,
  submitCard,
  takeTurns,
  untilRow,
} from './stripe.ts';

takeTurns('alone');

afterEach(async () => {
  await control('POST', '/deliveries/release', {});
  await control('POST', '/deliveries/drop', { count: 0 });
});

/** What `npm run billing:reconcile` does, to its end. */
async function reconcile(...args: string[]): Promise<string> {
  const env = { ...process.env, DATABASE_URL: stackVariable('DATABASE_URL') };
  const child = spawn('node', ['scripts/billing-reconcile.ts', ...args], { env });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect({ code, output }).toMatchObject({ code: 0 });
  return output;
}

async function moneyOf({ tenant }: Payer) {
  const [row] = await asRoot(
    `select (select count(*)::int from mgmt.invoices where tenant_id = $1 and status = 'paid') as invoices,
       (select count(*)::int from mgmt.payments where tenant_id = $1 and status = 'succeeded') as payments`,
    [tenant],
  );
  return row;
}

test('deliveries twice and in reversed order end in the same state', async () => {
  const alice = await newPayer();
  await control('POST', '/deliveries/hold');
  const url = await checkoutUrl(alice, 'adventurer');
  expect((await submitCard(url, cards.good)).status).toBe(303);
  await control('POST', '/deliveries/duplicate', { count: 3 });
  await control('POST', '/deliveries/release', { order: 'reversed' });
  await control('POST', '/deliveries/settle', {});
  await untilRow(alice, { plan_id: 'adventurer', status: 'active' });
  expect(await moneyOf(alice)).toEqual({ invoices: 1, payments: 1 });
});

test('a purchase whose deliveries were all lost is found by reconcile, and a second look finds nothing', async () => {
  const alice = await newPayer();
  const url = await checkoutUrl(alice, 'guild');
  await control('POST', '/deliveries/drop', { count: 100 });
  expect((await submitCard(url, cards.good)).status).toBe(303);
  expect(await rowOf(alice)).toMatchObject({ plan_id: 'adventurer', status: 'trialing' });
  await control('POST', '/deliveries/drop', { count: 0 });
  const [subscription] = (await stripe().subscriptions.list({ customer: (await customerOf(alice))! })).data;
  expect(await reconcile(subscription!.id)).toContain('2 mended, 0 failed');
  expect(await rowOf(alice)).toMatchObject({
    plan_id: 'guild',
    status: 'active',
    stripe_subscription_id: subscription!.id,
  });
  expect(await moneyOf(alice)).toEqual({ invoices: 1, payments: 1 });
  expect(await reconcile(subscription!.id)).toContain('0 mended, 0 failed');
});

test('lost news of a cancellation and of a refund are mended by a look at everything', async () => {
  const alice = await newPayer();
  await buy(alice, 'adventurer');
  await control('POST', '/deliveries/settle', {});
  await control('POST', '/deliveries/drop', { count: 100 });
  await ok(billing(alice.owner, 'cancel', { reason: 'unused' }));
  const [charge] = (await stripe().charges.list({ customer: (await customerOf(alice))! })).data;
  await stripe().refunds.create({ charge: charge!.id });
  await control('POST', '/deliveries/drop', { count: 0 });
  expect(await rowOf(alice)).toMatchObject({ cancel_at_period_end: false });
  await reconcile();
  expect(await rowOf(alice)).toMatchObject({ cancel_at_period_end: true, status: 'active' });
  const refunds = await asRoot(
    `select amount_cents, currency from mgmt.payments where tenant_id = $1 and kind = 'refund'`,
    [alice.tenant],
  );
  expect(refunds).toEqual([{ amount_cents: charge!.amount, currency: charge!.currency }]);
});

test('the worker looks by itself when SQL asks it to', async () => {
  const alice = await newPayer();
  const url = await checkoutUrl(alice, 'dungeon_master');
  await control('POST', '/deliveries/drop', { count: 100 });
  expect((await submitCard(url, cards.good)).status).toBe(303);
  await control('POST', '/deliveries/drop', { count: 0 });
  const [subscription] = (await stripe().subscriptions.list({ customer: (await customerOf(alice))! })).data;
  await asRoot(`select private.enqueue('stripe.reconcile', jsonb_build_object('stripe_subscription_id', $1::text))`, [
    subscription!.id,
  ]);
  await until(async () => (await rowOf(alice)).plan_id === 'dungeon_master');
});

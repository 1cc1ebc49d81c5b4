import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, clientOf, openBench, secretKey } from './test-bench.ts';
import { startSimulator } from './simulator.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

test('a wrong key is 401, an unknown object 404, a missing or unknown parameter 400', async () => {
  const { stripe } = bench;
  await expect(clientOf(bench.simulator, 'sk_test_wrong').customers.list()).rejects.toMatchObject({
    type: 'StripeAuthenticationError',
    statusCode: 401,
  });
  await expect(stripe.customers.retrieve('cus_none')).rejects.toMatchObject({
    type: 'StripeInvalidRequestError',
    code: 'resource_missing',
    statusCode: 404,
    requestId: expect.stringMatching(/^req_/) as string,
  });
  await expect(stripe.billingPortal.sessions.create({} as never)).rejects.toMatchObject({
    code: 'parameter_missing',
    param: 'customer',
    statusCode: 400,
  });
  await expect(stripe.customers.create({ nickname: 'x' } as never)).rejects.toMatchObject({
    code: 'parameter_unknown',
    param: 'nickname',
  });
  await expect(stripe.invoices.retrieve('in_none', { expand: ['nothing'] })).rejects.toMatchObject({ statusCode: 404 });
});

test('basic authentication works too, and another API version does not', async () => {
  const ask = (headers: Record<string, string>) => fetch(`${bench.simulator.url}/v1/customers`, { headers });
  const authorization = `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`;
  expect((await ask({ authorization })).status).toBe(200);
  expect((await ask({ authorization, 'stripe-version': '2019-05-16' })).status).toBe(400);
});

test('the same idempotency key gives the same answer, and refuses other parameters', async () => {
  const { stripe } = bench;
  const idempotencyKey = 'key-1';
  const first = await stripe.customers.create({ email: 'once@example.com' }, { idempotencyKey });
  const again = await stripe.customers.create({ email: 'once@example.com' }, { idempotencyKey });
  expect(again.id).toBe(first.id);
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect((await stripe.customers.list({ email: 'once@example.com' })).data).toHaveLength(1);
  await expect(stripe.customers.create({ email: 'other@example.com' }, { idempotencyKey })).rejects.toMatchObject({
    type: 'StripeIdempotencyError',
    statusCode: 400,
  });
  await bench.advance('25 hours');
  expect((await stripe.customers.create({ email: 'other@example.com' }, { idempotencyKey })).id).not.toBe(first.id);
});

test('a key whose first request is still under way is in use', async () => {
  await bench.control('/faults', { kind: 'slow', delay_ms: 2_000, path: '/v1/customers' });
  const options = { idempotencyKey: 'key-2' };
  const first = bench.stripe.customers.create({ email: 'slow@example.com' }, options);
  await expect
    .poll(
      () => bench.stripe.customers.create({ email: 'slow@example.com' }, options).catch((error: unknown) => error),
      {
        interval: 20,
      },
    )
    .toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
  const { id } = await first;
  expect((await bench.stripe.customers.create({ email: 'slow@example.com' }, options)).id).toBe(id);
});

// The SDK itself asks once more when a kept connection is cut: two faults are needed for one failure.
test('an answer that is lost after its effect is found again by its key', async () => {
  await bench.control('/faults', { kind: 'lost', method: 'POST', times: 2 });
  const options = { idempotencyKey: 'key-3' };
  const body = { email: 'lost@example.com' };
  await expect(bench.stripe.customers.create(body, options)).rejects.toMatchObject({ type: 'StripeConnectionError' });
  const found = await bench.stripe.customers.create(body, options);
  const { data } = await bench.stripe.customers.list(body);
  expect(data.map(({ id }) => id)).toEqual([found.id]);
});

test('calls fail on demand: rate limits, errors, cut connections', async () => {
  const { stripe } = bench;
  await bench.control('/faults', { status: 429 });
  await expect(stripe.customers.list()).rejects.toMatchObject({ type: 'StripeRateLimitError' });
  await bench.control('/faults', { status: 503, times: 2 });
  await expect(stripe.customers.list()).rejects.toMatchObject({ type: 'StripeAPIError', statusCode: 503 });
  await expect(stripe.products.list()).rejects.toMatchObject({ statusCode: 503 });
  await bench.control('/faults', { kind: 'reset', method: 'POST', path: '/v1/customers', times: 2 });
  expect((await stripe.customers.list()).object).toBe('list');
  await expect(stripe.customers.create({ email: 'never@example.com' })).rejects.toMatchObject({
    type: 'StripeConnectionError',
  });
  expect((await stripe.customers.list({ email: 'never@example.com' })).data).toEqual([]);
});

test('lists are paged, newest first', async () => {
  const { stripe } = bench;
  const made: string[] = [];
  for (let index = 0; index < 7; index += 1)
    made.push((await stripe.customers.create({ email: 'page@example.com' })).id);
  const first = await stripe.customers.list({ email: 'page@example.com', limit: 3 });
  expect(first.data.map(({ id }) => id)).toEqual(made.toReversed().slice(0, 3));
  expect(first.has_more).toBe(true);
  const all = await stripe.customers.list({ email: 'page@example.com', limit: 3 }).autoPagingToArray({ limit: 100 });
  expect(all.map(({ id }) => id)).toEqual(made.toReversed());
  const before = await stripe.customers.list({ email: 'page@example.com', ending_before: made[3]!, limit: 2 });
  expect(before.data.map(({ id }) => id)).toEqual([made[5], made[4]]);
});

test('customers are found by metadata, and prices by lookup key, which can move', async () => {
  const { stripe, prices } = bench;
  const { id } = await stripe.customers.create({ metadata: { tenant_id: 'found' } });
  expect((await stripe.customers.search({ query: "metadata['tenant_id']:'found'" })).data.map((one) => one.id)).toEqual(
    [id],
  );
  const found = await stripe.prices.list({
    lookup_keys: ['master_monthly', 'master_yearly'],
    expand: ['data.product'],
  });
  expect(found.data.map((price) => price.id)).toEqual([prices.masterYearly, prices.masterMonthly]);
  expect(found.data[0]?.product).toMatchObject({ name: 'Dungeon Master' });
  const product = String((await stripe.prices.retrieve(prices.masterMonthly)).product);
  const next = {
    product,
    currency: 'eur',
    unit_amount: 2_100,
    recurring: { interval: 'month' as const },
    lookup_key: 'master_monthly',
  };
  await expect(stripe.prices.create(next)).rejects.toMatchObject({ param: 'lookup_key' });
  const moved = await stripe.prices.create({ ...next, transfer_lookup_key: true });
  expect((await stripe.prices.list({ lookup_keys: ['master_monthly'] })).data.map((price) => price.id)).toEqual([
    moved.id,
  ]);
});

test('a deleted customer is gone, with its subscriptions', async () => {
  const { id } = await bench.customer();
  const made = await bench.stripe.subscriptions.create({
    customer: id,
    items: [{ price: bench.prices.adventurerMonthly }],
  });
  await bench.stripe.customers.del(id);
  expect(await bench.stripe.customers.retrieve(id)).toEqual(expect.objectContaining({ deleted: true }));
  expect((await bench.stripe.subscriptions.retrieve(made.id)).status).toBe('canceled');
});

test('a restart keeps customers, subscriptions and the time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'glyphoxa-stripe-'));
  const options = { port: 0, secretKey, file: join(folder, 'stripe.sqlite') };
  const first = await startSimulator(options);
  const { id } = await clientOf(first).customers.create({ email: 'kept@example.com' });
  await fetch(`${first.url}/_control/clock`, { method: 'POST', body: '{"advance":"40 days"}' });
  const before = first.account.now();
  await first.close();
  const second = await startSimulator(options);
  expect(await clientOf(second).customers.retrieve(id)).toMatchObject({ email: 'kept@example.com' });
  expect(second.account.now()).toBeGreaterThanOrEqual(before);
  await second.close();
  rmSync(folder, { recursive: true });
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bench, openBench, webhookSecret } from './test-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  await bench.settle();
  bench.received.length = 0;
});
afterEach(() => bench.close());

const arrived = () => bench.received.map(({ event }) => String((event.data.object as { email?: string }).email));
const make = async (...emails: string[]) => {
  for (const email of emails) await bench.stripe.customers.create({ email });
};

test('events are signed so that the SDK accepts them, and say what changed and which request did it', async () => {
  const { id } = await bench.stripe.customers.create({ email: 'a@example.com' });
  await bench.stripe.customers.update(id, { email: 'b@example.com', metadata: { k: 'v' } }, { idempotencyKey: 'why' });
  await bench.settle();
  const [created, updated] = bench.received.map(({ payload, signature }) =>
    bench.stripe.webhooks.constructEvent(payload, signature, webhookSecret),
  );
  expect(created).toMatchObject({ type: 'customer.created', pending_webhooks: 1, livemode: false });
  expect(updated).toMatchObject({
    type: 'customer.updated',
    data: {
      object: { id, email: 'b@example.com' },
      previous_attributes: { email: 'a@example.com', metadata: { k: null } },
    },
    request: { idempotency_key: 'why' },
  });
  const { payload, signature } = bench.received[0]!;
  expect(() => bench.stripe.webhooks.constructEvent(`${payload} `, signature, webhookSecret)).toThrow();
  expect((await bench.stripe.events.retrieve(created!.id)).pending_webhooks).toBe(0);
});

test('a delivery is repeated until it is answered with 2xx', async () => {
  bench.answers.push(500, 503);
  await make('retry@example.com');
  await bench.settle();
  const { deliveries } = (await bench.control('/deliveries?type=customer.created', undefined, 'GET')) as {
    deliveries: { status: string; attempts: { status: number }[] }[];
  };
  expect(deliveries[0]?.attempts.map(({ status }) => status)).toEqual([500, 503, 200]);
  expect(deliveries[0]?.status).toBe('delivered');
  expect(arrived()).toEqual(['retry@example.com']);
});

test('held deliveries arrive as they came, backwards, or shuffled the same way for the same seed', async () => {
  const release = async (order: object) => {
    bench.received.length = 0;
    await bench.control('/deliveries/hold');
    await make('1', '2', '3', '4', '5', '6');
    expect(bench.received).toEqual([]);
    await bench.control('/deliveries/release', order);
    await bench.settle();
    return arrived().join('');
  };
  expect(await release({})).toBe('123456');
  expect(await release({ order: 'reversed' })).toBe('654321');
  const shuffled = await release({ order: 'shuffled', seed: 7 });
  expect(shuffled).not.toBe('123456');
  expect(await release({ order: 'shuffled', seed: 7 })).toBe(shuffled);
});

test('deliveries are doubled, lost, and sent again on demand', async () => {
  await bench.control('/deliveries/duplicate', { count: 1 });
  await make('twice', 'once');
  await bench.settle();
  expect(arrived()).toEqual(['twice', 'twice', 'once']);
  await bench.control('/deliveries/drop', { count: 1 });
  await make('lost', 'kept');
  await bench.settle();
  expect(arrived().slice(3)).toEqual(['kept']);
  expect(await bench.control('/deliveries/redeliver', { status: 'dropped' })).toEqual({ redelivered: 1 });
  await bench.settle();
  expect(arrived().slice(3)).toEqual(['kept', 'lost']);
});

test('an endpoint gets what it asked for, signed with its own secret, told once', async () => {
  const [dashboard] = (await bench.stripe.webhookEndpoints.list()).data;
  await bench.stripe.webhookEndpoints.update(dashboard!.id, { enabled_events: ['product.created'] });
  await make('unheard');
  const made = await bench.stripe.webhookEndpoints.create({
    url: dashboard!.url,
    enabled_events: ['customer.created'],
  });
  expect(made.secret).toMatch(/^whsec_/);
  expect((await bench.stripe.webhookEndpoints.retrieve(made.id)).secret).toBeUndefined();
  await make('heard');
  await bench.settle();
  expect(arrived()).toEqual(['heard']);
  const { payload, signature } = bench.received[0]!;
  expect(bench.stripe.webhooks.constructEvent(payload, signature, made.secret!).type).toBe('customer.created');
});

test('forged and old events are sent, and an SDK refuses them', async () => {
  const { stripe } = bench;
  for (const signature of ['wrong', 'old', 'good']) await bench.control('/forge', { signature });
  const [wrong, old, good] = bench.received.map(
    (one) => () => stripe.webhooks.constructEvent(one.payload, one.signature, webhookSecret),
  );
  expect(wrong).toThrow(/No signatures found/);
  expect(old).toThrow(/outside the tolerance/);
  expect(good?.().type).toBe('customer.updated');
});

test('a request that fails tells nothing', async () => {
  const { id } = await bench.customer('pm_card_chargeCustomerFail');
  await bench.settle();
  bench.received.length = 0;
  await expect(
    bench.stripe.subscriptions.create({
      customer: id,
      items: [{ price: bench.prices.adventurerMonthly }],
      payment_behavior: 'error_if_incomplete',
    }),
  ).rejects.toMatchObject({ code: 'card_declined' });
  await bench.settle();
  expect(bench.received).toEqual([]);
});

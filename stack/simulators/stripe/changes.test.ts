import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Stripe } from 'stripe';
import { type Bench, openBench } from './test-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

async function subscribed(price = bench.prices.adventurerMonthly): Promise<Stripe.Subscription> {
  const { id } = await bench.customer();
  return bench.stripe.subscriptions.create({ customer: id, items: [{ price }] });
}

const itemOf = (subscription: Stripe.Subscription) => subscription.items.data[0]!;

/** What a change at `at` costs, worked out apart from the simulator's own arithmetic. */
function byHand(item: Stripe.SubscriptionItem, at: number, from: number, to: number) {
  const whole = item.current_period_end - item.current_period_start;
  const left = item.current_period_end - at;
  return { credit: -Math.round((from * left) / whole), debit: Math.round((to * left) / whole) };
}

test('an upgrade is charged at once for the rest of the period, to the second, as its preview said', async () => {
  const before = await subscribed();
  // Into the middle of a day, so that whole days would give another figure.
  await bench.advance('900007 seconds');
  const { now } = (await bench.control('/clock', undefined, 'GET')) as { now: number };
  const change = {
    items: [{ id: itemOf(before).id, price: bench.prices.masterMonthly }],
    proration_behavior: 'always_invoice' as const,
    proration_date: now,
  };
  const preview = await bench.stripe.invoices.createPreview({ subscription: before.id, subscription_details: change });
  const { credit, debit } = byHand(itemOf(before), now, 900, 1_900);
  expect(preview.lines.data.map(({ amount }) => amount)).toEqual([credit, debit]);
  expect(preview).toMatchObject({ amount_due: credit + debit, status: 'draft', number: null });
  expect(await bench.stripe.subscriptions.retrieve(before.id)).toEqual(before);

  const after = await bench.stripe.subscriptions.update(before.id, { ...change, expand: ['latest_invoice'] });
  expect(itemOf(after).price.id).toBe(bench.prices.masterMonthly);
  expect(itemOf(after).current_period_end).toBe(itemOf(before).current_period_end);
  expect(after.latest_invoice).toMatchObject({
    status: 'paid',
    amount_paid: credit + debit,
    billing_reason: 'subscription_update',
  });
});

test('half of a period from 1 February upgraded from 9 to 19 euro costs exactly 5', async () => {
  // That period has 28 days.
  const { id } = await bench.customer();
  await bench.control('/clock', { to: '2027-02-01T00:00:00Z' });
  const before = await bench.stripe.subscriptions.create({
    customer: id,
    items: [{ price: bench.prices.adventurerMonthly }],
  });
  const start = itemOf(before).current_period_start;
  const half = start + 14 * 86_400;
  const preview = await bench.stripe.invoices.createPreview({
    subscription: before.id,
    subscription_details: {
      items: [{ id: itemOf(before).id, price: bench.prices.masterMonthly }],
      proration_behavior: 'always_invoice',
      proration_date: half,
    },
  });
  expect(preview.lines.data.map(({ amount }) => amount)).toEqual([-450, 950]);
  expect(preview.amount_due).toBe(500);
});

test('prorations wait for the next invoice, or are left out', async () => {
  const before = await subscribed();
  const items = [{ id: itemOf(before).id, price: bench.prices.masterMonthly }];
  await bench.stripe.subscriptions.update(before.id, { items, proration_behavior: 'create_prorations' });
  const next = await bench.stripe.invoices.createPreview({ subscription: before.id });
  expect(next.lines.data.map(({ amount }) => amount)).toEqual([-900, 1_900, 1_900]);
  const none = await subscribed();
  await bench.stripe.subscriptions.update(none.id, {
    items: [{ id: itemOf(none).id, price: bench.prices.masterMonthly }],
    proration_behavior: 'none',
  });
  expect((await bench.stripe.invoices.createPreview({ subscription: none.id })).amount_due).toBe(1_900);
});

test('another interval begins a new period and gives the rest of the old one back', async () => {
  const before = await subscribed();
  const after = await bench.stripe.subscriptions.update(before.id, {
    items: [{ id: itemOf(before).id, price: bench.prices.adventurerYearly }],
    proration_behavior: 'create_prorations',
    expand: ['latest_invoice'],
  });
  const year = itemOf(after).current_period_end - itemOf(after).current_period_start;
  expect(year / 86_400).toBeGreaterThanOrEqual(365);
  expect(after.latest_invoice).toMatchObject({ status: 'paid', amount_paid: 9_000 - 900 });
});

test('what a downgrade gives back lies as credit with the customer and pays the next invoice', async () => {
  const before = await subscribed(bench.prices.masterMonthly);
  await bench.stripe.subscriptions.update(before.id, {
    items: [{ id: itemOf(before).id, price: bench.prices.adventurerMonthly }],
    proration_behavior: 'always_invoice',
  });
  expect(await bench.stripe.customers.retrieve(String(before.customer))).toMatchObject({ balance: -1_000 });
  expect(await bench.stripe.invoices.createPreview({ subscription: before.id })).toMatchObject({
    total: 900,
    starting_balance: -1_000,
    amount_due: 0,
  });
});

test('a refused upgrade changes nothing with error_if_incomplete, and waits with pending_if_incomplete', async () => {
  const before = await subscribed();
  await bench.control('/decline', { customer: before.customer });
  const change = {
    items: [{ id: itemOf(before).id, price: bench.prices.masterMonthly }],
    proration_behavior: 'always_invoice' as const,
  };
  await expect(
    bench.stripe.subscriptions.update(before.id, { ...change, payment_behavior: 'error_if_incomplete' }),
  ).rejects.toMatchObject({ code: 'card_declined', decline_code: 'generic_decline', statusCode: 402 });
  expect(await bench.stripe.subscriptions.retrieve(before.id)).toEqual(before);

  const waiting = await bench.stripe.subscriptions.update(before.id, {
    ...change,
    payment_behavior: 'pending_if_incomplete',
  });
  expect(itemOf(waiting).price.id).toBe(bench.prices.adventurerMonthly);
  expect(waiting.status).toBe('active');
  expect(waiting.pending_update?.subscription_items?.[0]?.price.id).toBe(bench.prices.masterMonthly);
  await bench.control('/decline', { customer: before.customer, code: null });
  await bench.stripe.invoices.pay(String(waiting.latest_invoice));
  const paid = await bench.stripe.subscriptions.retrieve(before.id);
  expect(itemOf(paid).price.id).toBe(bench.prices.masterMonthly);
  expect(paid.pending_update).toBeNull();
});

test('a change to a year whose card asks its owner waits for the page of its invoice, or is given up', async () => {
  const { id } = await bench.customer('pm_card_authenticationRequired');
  const trial = await bench.stripe.subscriptions.create({
    customer: id,
    items: [{ price: bench.prices.adventurerMonthly }],
    payment_behavior: 'default_incomplete',
  });
  const confirm = (invoice: unknown) =>
    fetch(`${bench.simulator.url}/3ds/${String(invoice)}`, {
      method: 'POST',
      body: new URLSearchParams({ confirmation: 'complete' }),
    });
  await bench.stripe.invoices.pay(String(trial.latest_invoice)).catch((error: unknown) => error);
  await confirm(trial.latest_invoice);
  const change = () =>
    bench.stripe.subscriptions.update(trial.id, {
      items: [{ id: itemOf(trial).id, price: bench.prices.adventurerYearly }],
      proration_behavior: 'always_invoice',
      payment_behavior: 'pending_if_incomplete',
    });
  const given = await change();
  expect(given).toMatchObject({ status: 'active', pending_update: { expires_at: expect.any(Number) as number } });
  await bench.advance('23 hours');
  expect(await bench.stripe.invoices.retrieve(String(given.latest_invoice))).toMatchObject({ status: 'void' });
  const again = await change();
  await confirm(again.latest_invoice);
  const after = await bench.stripe.subscriptions.retrieve(trial.id);
  expect(after).toMatchObject({ status: 'active', pending_update: null });
  expect(itemOf(after).price.id).toBe(bench.prices.adventurerYearly);
  expect(itemOf(after).current_period_end - itemOf(after).current_period_start).toBeGreaterThanOrEqual(365 * 86_400);
});

test('a schedule changes the price at the end of the period and then lets go', async () => {
  const before = await subscribed(bench.prices.masterMonthly);
  const { id, phases } = await bench.stripe.subscriptionSchedules.create({ from_subscription: before.id });
  await bench.stripe.subscriptionSchedules.update(id, {
    end_behavior: 'release',
    phases: [
      {
        items: [{ price: bench.prices.masterMonthly, quantity: 1 }],
        start_date: phases[0]!.start_date,
        end_date: phases[0]!.end_date,
      },
      {
        items: [{ price: bench.prices.adventurerMonthly, quantity: 1 }],
        proration_behavior: 'none',
        metadata: { next_plan: '' },
      },
    ],
  });
  await bench.stripe.subscriptions.update(before.id, { metadata: { next_plan: 'adventurer', kept: 'yes' } });
  const scheduled = await bench.stripe.subscriptions.retrieve(before.id);
  expect(scheduled.schedule).toBe(id);
  expect(itemOf(scheduled).price.id).toBe(bench.prices.masterMonthly);
  await expect(bench.stripe.subscriptions.update(before.id, { cancel_at_period_end: true })).rejects.toThrow(
    /managed by the subscription schedule/,
  );
  expect((await bench.stripe.invoices.createPreview({ subscription: before.id })).amount_due).toBe(900);

  await bench.control('/clock', { to: itemOf(before).current_period_end + 2 * 3_600 });
  const after = await bench.stripe.subscriptions.retrieve(before.id, { expand: ['latest_invoice'] });
  expect(itemOf(after)).toMatchObject({ id: itemOf(before).id, price: { id: bench.prices.adventurerMonthly } });
  expect(itemOf(after).current_period_start).toBe(itemOf(before).current_period_end);
  expect(after.metadata).toEqual({ kept: 'yes' });
  expect(after.latest_invoice).toMatchObject({ amount_paid: 900, billing_reason: 'subscription_cycle' });
  await bench.advance('32 days');
  expect(await bench.stripe.subscriptionSchedules.retrieve(id)).toMatchObject({
    status: 'released',
    subscription: null,
  });
  expect(await bench.stripe.subscriptions.retrieve(before.id)).toMatchObject({ status: 'active', schedule: null });
});

test('a schedule may be released before it does anything', async () => {
  const before = await subscribed();
  const { id } = await bench.stripe.subscriptionSchedules.create({ from_subscription: before.id });
  await bench.stripe.subscriptionSchedules.release(id);
  expect((await bench.stripe.subscriptions.retrieve(before.id)).schedule).toBeNull();
  await expect(bench.stripe.subscriptionSchedules.release(id)).rejects.toMatchObject({ statusCode: 400 });
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Stripe } from 'stripe';
import { type Bench, openBench } from './test-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const subscribe = (customer: Stripe.Customer, more: Partial<Stripe.SubscriptionCreateParams> = {}) =>
  bench.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: bench.prices.adventurerMonthly }],
    ...more,
  });
const state = (id: string) => bench.stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] });
const typesOf = async () => {
  await bench.settle();
  return bench.received.map(({ event }) => event.type);
};

test('renewals follow the calendar, each with a draft for an hour and then a payment', async () => {
  const { id, items } = await subscribe(await bench.customer());
  const end = items.data[0]!.current_period_end;
  await bench.control('/clock', { to: end });
  expect((await state(id)).latest_invoice).toMatchObject({ status: 'draft', automatically_finalizes_at: end + 3_600 });
  await bench.advance('1 hour');
  expect((await state(id)).latest_invoice).toMatchObject({
    status: 'paid',
    amount_paid: 900,
    period_end: end,
    created: end,
    status_transitions: { paid_at: end + 3_600 },
  });
  await bench.advance('365 days');
  expect((await bench.stripe.invoices.list({ subscription: id, limit: 100 })).data.length).toBeGreaterThanOrEqual(13);
});

test.each([
  ['canceled', 'canceled'],
  ['unpaid', 'unpaid'],
  ['past_due', 'past_due'],
])('a renewal that fails is tried on days 1, 3 and 5, and then the subscription is %s', async (setting, status) => {
  await bench.control('/settings', { after_retries: setting });
  const customer = await bench.customer();
  const { id, items } = await subscribe(customer);
  await bench.control('/decline', { customer: customer.id, code: 'insufficient_funds' });
  const first = items.data[0]!.current_period_end + 3_600;
  for (const [attempt, day] of [0, 1, 3].entries()) {
    await bench.control('/clock', { to: first + day * 86_400 });
    const { status: now, latest_invoice: invoice } = await state(id);
    expect(now).toBe('past_due');
    expect(invoice).toMatchObject({
      attempt_count: attempt + 1,
      next_payment_attempt: first + [1, 3, 5][attempt]! * 86_400,
    });
  }
  await bench.control('/clock', { to: first + 5 * 86_400 });
  const last = await state(id);
  expect(last.status).toBe(status);
  expect(last.latest_invoice).toMatchObject({ status: 'open', attempt_count: 4, next_payment_attempt: null });
  if (status === 'canceled') expect(last.cancellation_details?.reason).toBe('payment_failed');
  expect((await typesOf()).filter((type) => type === 'invoice.payment_failed')).toHaveLength(4);
});

test('a new card in the portal pays what is overdue', async () => {
  const customer = await bench.customer('pm_card_chargeCustomerFail');
  const trial = { trial_period_days: 14 };
  const { id } = await subscribe(customer, trial);
  await bench.advance('15 days');
  expect((await state(id)).status).toBe('past_due');
  const { url } = await bench.stripe.billingPortal.sessions.create({
    customer: customer.id,
    return_url: 'http://127.0.0.1:1/',
  });
  expect((await bench.pay(url, { act: 'card' })).status).toBe(303);
  expect(await state(id)).toMatchObject({ status: 'active', latest_invoice: { status: 'paid' } });
});

test('a trial is announced three days before its end, and paid after it', async () => {
  const { id } = await subscribe(await bench.customer(), { trial_period_days: 14 });
  expect(await state(id)).toMatchObject({ status: 'trialing', latest_invoice: { amount_due: 0, status: 'paid' } });
  await bench.advance('11 days');
  expect(await typesOf()).toContain('customer.subscription.trial_will_end');
  await bench.advance('4 days');
  expect(await state(id)).toMatchObject({ status: 'active', latest_invoice: { amount_paid: 900 } });
});

test('a trial without a card may be told to end by itself', async () => {
  const { id } = await bench.stripe.customers.create({});
  const trial = await bench.stripe.subscriptions.create({
    customer: id,
    items: [{ price: bench.prices.adventurerMonthly }],
    trial_period_days: 2,
    trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
  });
  await bench.advance('2 days');
  expect((await state(trial.id)).status).toBe('canceled');
});

test('a first payment that needs its owner leaves the subscription incomplete until it is confirmed', async () => {
  const made = await subscribe(await bench.customer('pm_card_authenticationRequired'));
  expect(made.status).toBe('incomplete');
  const { url } = await fetch(`${bench.simulator.url}/3ds/${String(made.latest_invoice)}`, {
    method: 'POST',
    body: new URLSearchParams({ confirmation: 'complete' }),
  });
  expect(url).toContain('/i/in_');
  expect((await state(made.id)).status).toBe('active');
});

test('a first payment that nobody makes expires after 23 hours', async () => {
  const { id, status } = await subscribe(await bench.customer('pm_card_chargeCustomerFail'));
  expect(status).toBe('incomplete');
  await bench.advance('23 hours');
  expect(await state(id)).toMatchObject({ status: 'incomplete_expired', latest_invoice: { status: 'void' } });
});

test('a cancellation at the end of the period can be withdrawn, and happens when it is not', async () => {
  const { id, items } = await subscribe(await bench.customer());
  const end = items.data[0]!.current_period_end;
  const asked = await bench.stripe.subscriptions.update(id, { cancel_at_period_end: true });
  expect(asked).toMatchObject({ cancel_at_period_end: true, cancel_at: end, status: 'active' });
  const kept = await bench.stripe.subscriptions.update(id, { cancel_at_period_end: false });
  expect(kept).toMatchObject({ cancel_at_period_end: false, cancel_at: null, canceled_at: null });
  await bench.stripe.subscriptions.update(id, { cancel_at_period_end: true });
  await bench.control('/clock', { to: end });
  expect(await state(id)).toMatchObject({ status: 'canceled', ended_at: end });
  expect(await typesOf()).toContain('customer.subscription.deleted');
  await expect(bench.stripe.subscriptions.cancel(id)).rejects.toMatchObject({ code: 'resource_missing' });
});

test('a paused collection voids invoices until it resumes', async () => {
  const { id } = await subscribe(await bench.customer());
  await bench.stripe.subscriptions.update(id, { pause_collection: { behavior: 'void' } });
  await bench.advance('32 days');
  expect((await state(id)).latest_invoice).toMatchObject({ status: 'void' });
  await bench.stripe.subscriptions.update(id, { pause_collection: '' });
  await bench.advance('31 days');
  expect((await state(id)).latest_invoice).toMatchObject({ status: 'paid' });
});

test('refunds, in parts and then the rest', async () => {
  const { latest_invoice: latest } = await subscribe(await bench.customer());
  const invoice = await bench.stripe.invoices.retrieve(String(latest), { expand: ['payments'] });
  const payment_intent = String(invoice.payments?.data[0]?.payment.payment_intent);
  await bench.stripe.refunds.create({ payment_intent, amount: 300 });
  const refund = await bench.stripe.refunds.create({ payment_intent, reason: 'requested_by_customer' });
  expect(refund).toMatchObject({ amount: 600, status: 'succeeded' });
  const charge = await bench.stripe.charges.retrieve(String(refund.charge), { expand: ['refunds'] });
  expect(charge).toMatchObject({ amount_refunded: 900, refunded: true });
  expect(charge.refunds?.data).toHaveLength(2);
  await expect(bench.stripe.refunds.create({ payment_intent })).rejects.toMatchObject({
    code: 'charge_already_refunded',
  });
  expect((await typesOf()).filter((type) => type === 'charge.refunded')).toHaveLength(2);
});

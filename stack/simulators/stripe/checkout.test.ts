import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, openBench } from './test-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

test('a checkout is clicked through to an active, paid subscription', async () => {
  const { stripe } = bench;
  const customer = await stripe.customers.create({ email: 'a@example.com', metadata: { tenant_id: 't1' } });
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    customer: customer.id,
    client_reference_id: 't1',
    line_items: [{ price: bench.prices.adventurerMonthly, quantity: 1 }],
    success_url: 'http://127.0.0.1:1/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://127.0.0.1:1/back',
    subscription_data: { metadata: { tenant_id: 't1' } },
  });
  expect(session.status).toBe('open');
  const page = await (await fetch(session.url!)).text();
  expect(page).toContain('Simulation');
  expect(page).toContain('€9.00');
  const paid = await bench.pay(session.url!);
  expect(paid.headers.get('location')).toBe(`http://127.0.0.1:1/done?session=${session.id}`);

  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items', 'subscription'] });
  expect(done).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    client_reference_id: 't1',
    customer: customer.id,
    subscription: { status: 'active', metadata: { tenant_id: 't1' }, customer: customer.id },
  });
  expect(done.line_items?.data).toHaveLength(1);
  const invoice = await stripe.invoices.retrieve(String(done.invoice), {
    expand: ['payments.data.payment.payment_intent', 'parent.subscription_details.subscription'],
  });
  expect(invoice).toMatchObject({
    status: 'paid',
    amount_paid: 900,
    billing_reason: 'subscription_create',
    parent: { subscription_details: { subscription: { status: 'active' } } },
  });
  expect(invoice.payments?.data[0]?.payment.payment_intent).toMatchObject({ status: 'succeeded', amount: 900 });
});

async function open(mode: { trial?: number; tax?: boolean; customer?: string } = {}) {
  return bench.stripe.checkout.sessions.create({
    mode: 'subscription',
    ...(mode.customer && { customer: mode.customer }),
    line_items: [{ price: bench.prices.adventurerMonthly, quantity: 1 }],
    success_url: 'http://127.0.0.1:1/done',
    automatic_tax: { enabled: mode.tax ?? false },
    allow_promotion_codes: true,
    subscription_data: { ...(mode.trial && { trial_period_days: mode.trial }) },
  });
}

test.each([
  ['4000 0000 0000 0002', 'Your card was declined.'],
  ['4000 0000 0000 9995', 'Your card has insufficient funds.'],
  ['4000 0000 0000 0341', 'Your card was declined.'],
  ['4242 4242 4242 4241', 'Your card number is invalid.'],
])('card %s is refused on the page, nothing is left of it, and another card may follow', async (number, sentence) => {
  const session = await open();
  const refused = await bench.pay(session.url!, { number });
  expect(refused.status).toBe(402);
  expect(await refused.text()).toContain(sentence);
  expect(await bench.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'open', customer: null });
  expect((await bench.pay(session.url!)).status).toBe(303);
});

test.each(['4000 0025 0000 3155', '4000 0027 6000 3184'])(
  'card %s has its owner confirm on a further page',
  async (number) => {
    const session = await open();
    const asked = await bench.pay(session.url!, { number });
    expect(await asked.text()).toContain('Complete authentication');
    const failed = await bench.pay(session.url!, { number, confirmation: 'fail' });
    expect(await failed.text()).toContain('We are unable to authenticate');
    expect((await bench.pay(session.url!, { number, confirmation: 'complete' })).status).toBe(303);
    const { subscription } = await bench.stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] });
    expect(subscription).toMatchObject({ status: 'active' });
  },
);

test('a card that fails when charged can start a trial', async () => {
  const session = await open({ trial: 14 });
  expect(session.amount_total).toBe(0);
  expect((await bench.pay(session.url!, { number: '4000000000000341' })).status).toBe(303);
  const { subscription } = await bench.stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] });
  expect(subscription).toMatchObject({ status: 'trialing' });
});

test('tax needs an address: of the customer, or saved from the page', async () => {
  const { id } = await bench.stripe.customers.create({ email: 'b@example.com' });
  await expect(open({ customer: id, tax: true })).rejects.toMatchObject({
    code: 'customer_tax_location_invalid',
    statusCode: 400,
  });
});

test('an expired checkout cannot be paid', async () => {
  const session = await open();
  expect(await bench.stripe.checkout.sessions.expire(session.id)).toMatchObject({ status: 'expired', url: null });
  expect((await bench.pay(session.url!)).status).toBe(410);
  const forgotten = await open();
  await bench.advance('25 hours');
  expect((await bench.stripe.checkout.sessions.retrieve(forgotten.id)).status).toBe('expired');
});

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

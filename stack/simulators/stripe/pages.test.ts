import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Stripe } from 'stripe';
import { type Bench, form, openBench } from './test-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

async function portal(): Promise<{
  url: string;
  subscription: Stripe.Subscription;
  act: (fields: Record<string, string>) => Promise<Response>;
}> {
  const customer = await bench.customer();
  const subscription = await bench.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: bench.prices.adventurerMonthly }],
  });
  const { url } = await bench.stripe.billingPortal.sessions.create({
    customer: customer.id,
    return_url: 'http://127.0.0.1:1/back',
  });
  const act = (fields: Record<string, string>) =>
    fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ subscription: subscription.id, ...fields }),
      redirect: 'manual',
    });
  return { url, subscription, act };
}

test('the portal cancels at the end of the period, with a reason, and takes it back', async () => {
  const { url, subscription, act } = await portal();
  const page = await (await fetch(url)).text();
  for (const text of ['Adventurer', '€9.00 / month', '4242', 'Return to Glyphoxa']) expect(page).toContain(text);
  await act({ act: 'cancel', feedback: 'unused', comment: 'No time' });
  expect(await bench.stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
    cancel_at_period_end: true,
    cancellation_details: { feedback: 'unused', comment: 'No time', reason: 'cancellation_requested' },
  });
  await act({ act: 'resume' });
  expect(await bench.stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
    cancel_at_period_end: false,
    cancel_at: null,
  });
});

test('the portal changes the plan and charges the difference', async () => {
  const { subscription, act } = await portal();
  expect((await act({ act: 'change', price: bench.prices.masterMonthly })).status).toBe(303);
  const after = await bench.stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] });
  expect(after.items.data[0]?.price.id).toBe(bench.prices.masterMonthly);
  expect(after.latest_invoice).toMatchObject({ status: 'paid', amount_paid: 1_000 });
});

test('the portal saves a card, refuses a declined one, and no stranger changes a subscription', async () => {
  const { subscription, act } = await portal();
  const refused = await act({ ...form, act: 'card', number: '4000000000000002' });
  expect(await refused.text()).toContain('Your card was declined.');
  await act({ ...form, act: 'card', number: '5555555555554444' });
  const customer = await bench.stripe.customers.retrieve(String(subscription.customer), {
    expand: ['invoice_settings.default_payment_method'],
  });
  expect(customer).toMatchObject({
    invoice_settings: { default_payment_method: { card: { brand: 'mastercard', last4: '4444' } } },
  });
  const other = await portal();
  const stolen = await other.act({ act: 'cancel', subscription: subscription.id });
  expect(await stolen.text()).toContain('belongs to somebody else');
});

test('an invoice has a page that opens, a PDF, and can be paid there', async () => {
  const customer = await bench.customer('pm_card_chargeCustomerFail');
  const made = await bench.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: bench.prices.adventurerMonthly }],
    expand: ['latest_invoice'],
  });
  const { hosted_invoice_url: url, invoice_pdf: file, number } = made.latest_invoice as Stripe.Invoice;
  expect(await (await fetch(url!)).text()).toContain(`Invoice ${number}`);
  const document = await (await fetch(file!)).text();
  expect(document).toMatch(/^%PDF-1\.4[\s\S]*%%EOF/);
  expect(document).toContain(String(number));
  expect((await bench.pay(url!, { number: '4000000000009995' })).status).toBe(402);
  expect((await bench.pay(url!)).status).toBe(303);
  expect((await bench.stripe.subscriptions.retrieve(made.id)).status).toBe('active');
});

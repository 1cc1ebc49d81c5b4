// A table that is deleted is paid for by nobody any more, whatever its customers have at Stripe.
import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { until } from '../sessions/table.ts';
import { buy, cards, control, customerOf, newPayer, stripe, submitCard, takeTurns } from './stripe.ts';

takeTurns('together');
afterAll(closeDatabase);

test('a second purchase and an open checkout end with the table, and the last news of them is no failure', async () => {
  const alice = await newPayer();
  await buy(alice, 'adventurer');
  const customer = (await customerOf(alice))!;
  const metadata = { tenant_id: alice.tenant };
  const [paid] = (await stripe().subscriptions.list({ customer })).data;
  const page = () =>
    stripe().checkout.sessions.create({
      mode: 'subscription',
      customer,
      line_items: [{ price: paid!.items.data[0]!.price.id, quantity: 1 }],
      metadata,
      subscription_data: { metadata },
      success_url: 'http://127.0.0.1/paid',
      cancel_url: 'http://127.0.0.1/canceled',
    });
  const second = await page();
  expect((await submitCard(second.url!, cards.good)).status).toBe(303);
  const open = await page();
  await control('POST', '/deliveries/settle', {});
  // Of the two the later one is the plan; Stripe charges both.
  const live = await asRoot('select from mgmt.subscriptions where tenant_id = $1 and ended_at is null', [alice.tenant]);
  expect(live).toHaveLength(1);
  expect((await stripe().subscriptions.list({ customer })).data).toHaveLength(2);

  const [{ name }] = (await asRoot<{ name: string }>('select name from public.tenants where id = $1', [
    alice.tenant,
  ])) as [{ name: string }];
  expect((await alice.owner.client.rpc('delete_tenant', { confirm_name: name })).error).toBeNull();
  await until(async () => {
    const [row] = await asRoot('select from private.tenant_deletions where tenant_id = $1 and purged_at is not null', [
      alice.tenant,
    ]);
    return row !== undefined;
  }, 30_000);

  const [known] = await asRoot('select stripe_customers from private.tenant_deletions where tenant_id = $1', [
    alice.tenant,
  ]);
  expect(known).toEqual({ stripe_customers: [customer] });
  const { data } = await stripe().subscriptions.list({ customer, status: 'all' });
  expect(data.map(({ status }) => status)).toEqual(['canceled', 'canceled']);
  expect(await stripe().checkout.sessions.retrieve(open.id)).toMatchObject({ status: 'expired' });
  await control('POST', '/deliveries/settle', {});
  const about = 'select outcome, error from private.payment_events where customer_id = $1';
  const told = await asRoot(about, [customer]);
  expect(told.filter(({ outcome }) => outcome === 'failed' || outcome === null)).toEqual([]);
});

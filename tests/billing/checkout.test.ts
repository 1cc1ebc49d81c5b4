// Buying a plan: from the click over Stripe's page to the plan in the database.
import { beforeAll, describe, expect, test } from 'vitest';
import { asRoot } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import type { SignedIn } from '../lib/people.ts';
import { join, newOwner, ok } from '../sessions/table.ts';
import {
  billing,
  buy,
  cards,
  checkoutUrl,
  customerOf,
  newPayer,
  type Payer,
  refusal,
  rowOf,
  stripe,
  submitCard,
  subscriptionsOf,
  takeTurns,
  untilRow,
} from './stripe.ts';

takeTurns('together');

async function sessionsOf(payer: Payer) {
  const { data } = await stripe().checkout.sessions.list({ customer: (await customerOf(payer))!, limit: 100 });
  return data;
}

describe('buying a plan', () => {
  test('paid on Stripe’s page, it is the table’s plan, and me() says so', async () => {
    const alice = await newPayer();
    const url = await checkoutUrl(alice, 'adventurer');
    const [session] = await sessionsOf(alice);
    expect(session).toMatchObject({
      mode: 'subscription',
      client_reference_id: alice.tenant,
      metadata: { tenant_id: alice.tenant, plan_id: 'adventurer', interval: 'monthly' },
      automatic_tax: { enabled: true },
      success_url: `${stack.appUrl}/billing/return?session_id={CHECKOUT_SESSION_ID}`,
      cancel_url: `${stack.appUrl}/billing/return?canceled=1`,
    });
    const answer = await submitCard(url, cards.good);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`${stack.appUrl}/billing/return?session_id=${session!.id}`);
    const row = await untilRow(alice, { plan_id: 'adventurer', status: 'active' });
    const [subscription] = await subscriptionsOf(alice);
    expect(row.stripe_subscription_id).toBe(subscription!.id);
    expect(subscription!.metadata).toMatchObject({ tenant_id: alice.tenant });
    const { data } = await alice.owner.client.rpc('me');
    expect(data).toMatchObject({ plan: { id: 'adventurer' }, subscription: { status: 'active', trial_end: null } });
  });

  test('a declined card buys nothing, and another card on the same page does', async () => {
    const alice = await newPayer();
    const url = await checkoutUrl(alice, 'guild', 'yearly');
    expect((await submitCard(url, cards.declined)).status).toBe(402);
    expect(await rowOf(alice)).toMatchObject({ plan_id: 'adventurer', status: 'trialing' });
    expect((await submitCard(url, cards.good)).status).toBe(303);
    await untilRow(alice, { plan_id: 'guild', billing_interval: 'yearly', status: 'active' });
  });

  test('a bank that asks is answered on the page', async () => {
    const alice = await newPayer();
    const url = await checkoutUrl(alice, 'adventurer');
    expect((await submitCard(url, cards.asksEachTime)).status).toBe(200);
    expect((await submitCard(url, cards.asksEachTime, 'fail')).status).toBe(402);
    expect(await rowOf(alice)).toMatchObject({ status: 'trialing' });
    expect((await submitCard(url, cards.asksEachTime, 'complete')).status).toBe(303);
    await untilRow(alice, { plan_id: 'adventurer', status: 'active' });
  });
});

describe('clicking twice', () => {
  test('at the same moment makes one customer and one checkout', async () => {
    const alice = await newPayer();
    const urls = await Promise.all(Array.from({ length: 5 }, () => checkoutUrl(alice, 'adventurer')));
    expect(new Set(urls).size).toBe(1);
    expect(await sessionsOf(alice)).toHaveLength(1);
    const { data } = await stripe().customers.search({ query: `metadata['tenant_id']:'${alice.tenant}'` });
    expect(data.map(({ id }) => id)).toEqual([await customerOf(alice)]);
  });

  test('on another plan closes the page of the first, so that nobody pays both', async () => {
    const alice = await newPayer();
    const first = await checkoutUrl(alice, 'adventurer');
    const second = await checkoutUrl(alice, 'guild');
    expect((await sessionsOf(alice)).map(({ status }) => status).sort()).toEqual(['expired', 'open']);
    expect((await submitCard(first, cards.good)).status).toBe(410);
    expect((await submitCard(second, cards.good)).status).toBe(303);
    await untilRow(alice, { plan_id: 'guild', status: 'active' });
    expect(await subscriptionsOf(alice)).toHaveLength(1);
  });

  test('the eleventh checkout of an hour is refused', async () => {
    const alice = await newPayer();
    await asRoot(
      `insert into private.checkout_attempts (user_id, tenant_id, plan_id, billing_interval, created_at)
       select $1, $2, 'guild', 'monthly', now() - interval '30 minutes' from generate_series(1, 9)`,
      [alice.owner.userId, alice.tenant],
    );
    await checkoutUrl(alice, 'adventurer');
    await checkoutUrl(alice, 'adventurer');
    const { status, body } = await billing(alice.owner, 'checkout', { plan_id: 'guild' });
    expect({ status, code: body.code, hint: body.hint }).toEqual({
      status: 429,
      code: 'rate_limited',
      hint: 'Wait 30 minutes.',
    });
  });
});

describe('who pays already', () => {
  test('changes the plan instead of buying a second', async () => {
    const alice = await newPayer();
    await buy(alice, 'adventurer');
    expect(await refusal(billing(alice.owner, 'checkout', { plan_id: 'guild' }))).toEqual({
      status: 409,
      code: 'subscription_exists',
    });
  });

  test('is known from Stripe, also before the news has come', async () => {
    const alice = await newPayer();
    await buy(alice, 'adventurer');
    await asRoot(`update mgmt.subscriptions set stripe_subscription_id = null where tenant_id = $1`, [alice.tenant]);
    expect(await refusal(billing(alice.owner, 'checkout', { plan_id: 'guild' }))).toEqual({
      status: 409,
      code: 'subscription_exists',
    });
    expect(await subscriptionsOf(alice)).toHaveLength(1);
  });
});

describe('who may', () => {
  const routes = ['checkout', 'portal', 'preview', 'change', 'cancel', 'reactivate'];
  const input = { plan_id: 'guild', interval: 'monthly' };
  let alice: Payer;
  let bob: SignedIn;
  let carol: SignedIn;
  let mallory: SignedIn;

  beforeAll(async () => {
    [alice, mallory] = await Promise.all([newPayer(), newOwner('mallory')]);
    await buy(alice, 'guild');
    [bob, carol] = await Promise.all([join(alice.tenant, 'bob', 'dm'), join(alice.tenant, 'carol', 'viewer')]);
  });

  test.each(routes)('%s is for Owners', async (route) => {
    for (const member of [bob, carol]) {
      expect(await refusal(billing(member, route, input))).toEqual({ status: 403, code: 'forbidden' });
    }
    expect(await refusal(billing(null, route, input))).toEqual({ status: 401, code: 'signed_out' });
  });

  test('a stranger pays for their own table alone', async () => {
    for (const route of ['portal', 'change', 'cancel', 'reactivate']) {
      expect(await refusal(billing(mallory, route, { ...input, tenant_id: alice.tenant }))).toEqual({
        status: 409,
        code: 'no_paid_plan',
      });
    }
    expect(await rowOf(alice)).toMatchObject({ plan_id: 'guild', status: 'active', cancel_at_period_end: false });
  });

  test('the portal opens with the table’s own customer', async () => {
    const { body } = await ok(billing<{ url: string }>(alice.owner, 'portal'));
    expect((await fetch(body.url)).status).toBe(200);
  });

  test.each([
    [{ plan_id: 'apprentice' }, 'plan_id'],
    [{ plan_id: 'platinum' }, 'plan_id'],
    [{ plan_id: 'guild', interval: 'weekly' }, 'interval'],
    [{ interval: 'monthly' }, 'plan_id'],
    [{ plan_id: 'guild', idempotency_key: 'again' }, 'idempotency_key'],
  ])('%j is refused with its field', async (body, field) => {
    const answer = await billing(mallory, 'checkout', body);
    expect({ status: answer.status, body: answer.body }).toMatchObject({
      status: 422,
      body: { code: 'validation', field },
    });
  });
});

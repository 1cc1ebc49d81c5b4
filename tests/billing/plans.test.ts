// Changing, ending and keeping a plan that is paid. Stripe's clock is moved here and goes forward only: other files may not count on it.
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { asRoot } from '../lib/database.ts';
import { addNpc, ok } from '../sessions/table.ts';
import {
  billing,
  type BillingError,
  buy,
  cards,
  control,
  customerOf,
  newPayer,
  type Payer,
  refusal,
  rowOf,
  stripe,
  subscriptionsOf,
  takeTurns,
  untilRow,
} from './stripe.ts';

takeTurns('alone');

interface Preview {
  action: string;
  kind: string;
  due_now_cents: number;
  currency: string;
  next_amount_cents: number;
  next_date: string | null;
  effective: string;
  effective_at: string | null;
  above_plan: { npcs: { campaign: string; count: number; allowed: number }[]; campaigns: unknown; seats: unknown };
}

interface Changed {
  effective: string;
  effective_at: string | null;
}

afterEach(() => control('DELETE', '/faults'));

async function preview(payer: Payer, plan_id: string, interval = 'monthly'): Promise<Preview> {
  return (await ok(billing<Preview>(payer.owner, 'preview', { plan_id, interval }))).body;
}

async function change(payer: Payer, plan_id: string, fields: Record<string, unknown> = {}): Promise<Changed> {
  return (await ok(billing<Changed>(payer.owner, 'change', { plan_id, ...fields }))).body;
}

async function subscriptionOf(payer: Payer) {
  const [subscription, ...more] = await subscriptionsOf(payer);
  expect(more).toEqual([]);
  return subscription!;
}

async function invoicesOf(payer: Payer) {
  return (await stripe().invoices.list({ customer: (await customerOf(payer))!, limit: 100 })).data;
}

async function stripeNow(): Promise<number> {
  return (await control<{ now: number }>('GET', '/clock')).now;
}

/** Moves Stripe past the end of the payer's paid period, and waits until all of it was told. */
async function passPeriod(payer: Payer): Promise<void> {
  const end = (await subscriptionOf(payer)).items.data[0]!.current_period_end;
  await control('POST', '/clock', { advance: `${Math.ceil((end - (await stripeNow())) / 3_600) + 2} hours` });
  await control('POST', '/deliveries/settle', {});
}

describe('upgrade', () => {
  test('is begun and paid at once, for what the preview said, and starts the count anew', async () => {
    const alice = await newPayer();
    const before = await buy(alice, 'adventurer');
    await control('POST', '/clock', { advance: '10 days' });
    const seen = await preview(alice, 'dungeon_master');
    expect(seen).toMatchObject({
      action: 'change',
      kind: 'upgrade',
      currency: 'usd',
      effective: 'now',
      effective_at: null,
    });
    expect(seen.next_amount_cents).toBe(1900);
    expect(new Date(seen.next_date!)).toEqual(before['current_period_end']);
    // Two thirds of the month are left of a difference of ten dollars.
    expect(seen.due_now_cents).toBeGreaterThan(600);
    expect(seen.due_now_cents).toBeLessThan(720);

    expect(await change(alice, 'dungeon_master')).toMatchObject({ effective: 'now', effective_at: null });
    const after = await untilRow(alice, { plan_id: 'dungeon_master', status: 'active' });
    const [invoice] = await invoicesOf(alice);
    expect(invoice).toMatchObject({ status: 'paid', billing_reason: 'subscription_update' });
    expect(Math.abs(invoice!.amount_paid - seen.due_now_cents)).toBeLessThanOrEqual(2);
    expect(after['sessions_counted_from']).not.toBeNull();
  });

  test('from month to year begins a new period today', async () => {
    const alice = await newPayer();
    await buy(alice, 'adventurer');
    const seen = await preview(alice, 'adventurer', 'yearly');
    expect(seen).toMatchObject({ kind: 'upgrade', effective: 'now', next_amount_cents: 9000 });
    await change(alice, 'adventurer', { interval: 'yearly' });
    await untilRow(alice, { billing_interval: 'yearly', status: 'active' });
    const days = ((await subscriptionOf(alice)).items.data[0]!.current_period_end - (await stripeNow())) / 86_400;
    expect(days).toBeGreaterThan(364);
    expect(Date.parse(seen.next_date!) / 1000 - (await stripeNow())).toBeGreaterThan(364 * 86_400);
  });

  test('that the card refuses changes nothing, and works with another card', async () => {
    const alice = await newPayer();
    await buy(alice, 'adventurer');
    const customer = (await customerOf(alice))!;
    await control('POST', '/decline', { customer, code: 'insufficient_funds' });
    const { status, body } = await billing(alice.owner, 'change', { plan_id: 'guild' });
    expect({ status, code: body.code }).toEqual({ status: 402, code: 'payment_declined' });
    expect(body.message).toContain('not enough money');
    const untouched = await subscriptionOf(alice);
    expect(untouched.items.data[0]!.price.lookup_key).toBe('glyphoxa_adventurer_monthly');
    expect(untouched).toMatchObject({ status: 'active', pending_update: null });
    expect((await invoicesOf(alice)).filter((one) => one.status === 'open')).toEqual([]);
    await control('POST', '/decline', { customer, code: null });
    await change(alice, 'guild', { idempotency_key: randomUUID() });
    await untilRow(alice, { plan_id: 'guild', status: 'active' });
  });

  test('that the bank wants confirmed waits for its payment on Stripe’s page', async () => {
    const alice = await newPayer();
    await buy(alice, 'adventurer', 'monthly', cards.asksEachTime);
    const { status, body } = await billing(alice.owner, 'change', { plan_id: 'guild' });
    expect({ status, code: body.code }).toEqual({ status: 402, code: 'payment_action_required' });
    expect(body.url).toMatch(/^http/);
    const waiting = await subscriptionOf(alice);
    expect(waiting.items.data[0]!.price.lookup_key).toBe('glyphoxa_adventurer_monthly');
    expect(waiting.pending_update).not.toBeNull();
    expect(await rowOf(alice)).toMatchObject({ plan_id: 'adventurer', status: 'active' });
  });

  test('clicked twice is paid once', async () => {
    const alice = await newPayer();
    await buy(alice, 'adventurer');
    const key = { idempotency_key: randomUUID() };
    const both = await Promise.all([
      billing(alice.owner, 'change', { plan_id: 'guild', ...key }),
      billing(alice.owner, 'change', { plan_id: 'guild', ...key }),
    ]);
    for (const { status, body } of both) {
      expect([200, 409]).toContain(status);
      if (status === 409) expect(body.code).toBe('same_plan');
    }
    await untilRow(alice, { plan_id: 'guild', status: 'active' });
    expect(
      (await invoicesOf(alice)).filter(({ billing_reason: reason }) => reason === 'subscription_update'),
    ).toHaveLength(1);
  });
});

describe('downgrade', () => {
  test('waits for the period’s end, says what is above the plan, and then happens by itself', async () => {
    const alice = await newPayer();
    await buy(alice, 'guild');
    for (const name of ['Greta', 'Brannor', 'Ilse']) await addNpc(alice.owner, alice.campaign, name);
    const end = (await rowOf(alice))['current_period_end'] as Date;
    expect(await preview(alice, 'adventurer')).toMatchObject({
      kind: 'downgrade',
      due_now_cents: 0,
      next_amount_cents: 900,
      effective: 'period_end',
      effective_at: end.toISOString(),
      above_plan: { npcs: [], campaigns: null, seats: null },
    });
    const cancel = await preview(alice, 'apprentice');
    expect(cancel).toMatchObject({ kind: 'cancel', due_now_cents: 0, next_amount_cents: 0, next_date: null });
    expect(cancel.above_plan.npcs).toMatchObject([{ count: 3, allowed: 2 }]);

    expect(await change(alice, 'adventurer')).toMatchObject({
      effective: 'period_end',
      effective_at: end.toISOString(),
    });
    await untilRow(alice, { plan_id: 'guild', next_plan_id: 'adventurer', status: 'active' });
    expect(await change(alice, 'adventurer')).toMatchObject({ effective: 'period_end' });
    expect((await stripe().subscriptionSchedules.list({ customer: (await customerOf(alice))! })).data).toHaveLength(1);

    await passPeriod(alice);
    await untilRow(alice, { plan_id: 'adventurer', next_plan_id: null, status: 'active' });
    const [invoice] = await invoicesOf(alice);
    expect(invoice).toMatchObject({ billing_reason: 'subscription_cycle', subtotal: 900 });
    const [{ npcs } = { npcs: 0 }] = await asRoot<{ npcs: number }>(
      'select count(*)::int as npcs from public.npc_definitions where tenant_id = $1',
      [alice.tenant],
    );
    expect(npcs).toBe(3);
  });

  test('is taken back by reactivate, by the present plan, and by an upgrade', async () => {
    const alice = await newPayer();
    await buy(alice, 'dungeon_master');
    const undo = [
      () => billing(alice.owner, 'reactivate'),
      () => billing(alice.owner, 'change', { plan_id: 'dungeon_master' }),
      () => billing(alice.owner, 'change', { plan_id: 'guild' }),
    ];
    for (const take of undo) {
      await change(alice, 'adventurer', { idempotency_key: randomUUID() });
      await untilRow(alice, { next_plan_id: 'adventurer' });
      if (take === undo[1])
        expect(await preview(alice, 'dungeon_master')).toMatchObject({ kind: 'undo', due_now_cents: 0 });
      await ok(take());
      await untilRow(alice, { next_plan_id: null, status: 'active' });
      const { schedule, metadata } = await subscriptionOf(alice);
      expect({ schedule, next: metadata['next_plan'] }).toEqual({ schedule: null, next: undefined });
    }
    await untilRow(alice, { plan_id: 'guild' });
  });

  test('from year to month waits for the end of the year', async () => {
    const alice = await newPayer();
    await buy(alice, 'adventurer', 'yearly');
    expect(await change(alice, 'adventurer', { interval: 'monthly' })).toMatchObject({ effective: 'period_end' });
    expect((await subscriptionOf(alice)).metadata).toMatchObject({ next_plan: 'adventurer', next_interval: 'monthly' });
  });

  test('the same plan is no change', async () => {
    const alice = await newPayer();
    await buy(alice, 'adventurer');
    for (const route of ['change', 'preview']) {
      expect(await refusal(billing(alice.owner, route, { plan_id: 'adventurer' }))).toEqual({
        status: 409,
        code: 'same_plan',
      });
    }
  });
});

describe('cancel', () => {
  test('ends the plan when the period does; reactivate takes it back; both may be said twice', async () => {
    const alice = await newPayer();
    const row = await buy(alice, 'adventurer');
    const end = (row['current_period_end'] as Date).toISOString();
    const reason = { reason: 'self_hosting', comment: 'We have a server now.' };
    for (const body of [reason, {}]) {
      expect((await ok(billing(alice.owner, 'cancel', body))).body).toEqual({ cancel_at: end });
    }
    await untilRow(alice, { cancel_at_period_end: true, status: 'active' });
    const ending = await subscriptionOf(alice);
    expect(ending.cancellation_details).toMatchObject({
      feedback: 'switched_service',
      comment: 'We have a server now.',
    });
    for (let times = 0; times < 2; times++) {
      expect((await ok(billing(alice.owner, 'reactivate'))).body).toEqual({ renews_at: end });
    }
    await untilRow(alice, { cancel_at_period_end: false, status: 'active' });

    await change(alice, 'apprentice', { idempotency_key: randomUUID() });
    await untilRow(alice, { cancel_at_period_end: true });
    await passPeriod(alice);
    expect((await subscriptionOf(alice)).status).toBe('canceled');
    await untilRow(alice, { plan_id: 'apprentice', stripe_subscription_id: null });
    expect(await refusal(billing(alice.owner, 'reactivate'))).toEqual({ status: 409, code: 'no_paid_plan' });
  });

  test('of a planned downgrade ends it all', async () => {
    const alice = await newPayer();
    await buy(alice, 'guild');
    await change(alice, 'adventurer');
    await ok(billing(alice.owner, 'cancel', { reason: 'unused' }));
    await untilRow(alice, { next_plan_id: null, cancel_at_period_end: true });
    expect((await subscriptionOf(alice)).schedule).toBeNull();
  });

  test.each([{ reason: 'weather' }, { comment: 'x'.repeat(1001) }])('%o is refused with its field', async (body) => {
    const alice = await newPayer();
    const answer = await billing(alice.owner, 'cancel', body);
    expect(answer.body).toMatchObject({ code: 'validation', field: Object.keys(body)[0] });
  });
});

describe('a payment that is open', () => {
  test('is paid before the plan changes', async () => {
    const alice = await newPayer();
    await buy(alice, 'adventurer');
    await control('POST', '/decline', { customer: await customerOf(alice) });
    await passPeriod(alice);
    await untilRow(alice, { status: 'past_due' });
    for (const route of ['change', 'preview']) {
      const { status, body } = await billing<BillingError>(alice.owner, route, { plan_id: 'guild' });
      expect({ status, code: body.code }).toEqual({ status: 402, code: 'payment_open' });
      expect(body.url).toMatch(/^http/);
    }
  });
});

describe('Stripe away', () => {
  const away = { status: 503, code: 'stripe_unavailable' };

  test('answering 503 leaves nothing behind, and a repeat goes through', async () => {
    const alice = await newPayer();
    await control('POST', '/faults', { status: 503, path: '/v1/checkout/sessions', method: 'POST', times: 3 });
    expect(await refusal(billing(alice.owner, 'checkout', { plan_id: 'adventurer' }))).toEqual(away);
    await buy(alice, 'adventurer');
    await control('POST', '/faults', { status: 503, path: '/v1/subscriptions', method: 'POST', times: 3 });
    expect(await refusal(billing(alice.owner, 'change', { plan_id: 'guild' }))).toEqual(away);
    expect(await rowOf(alice)).toMatchObject({ plan_id: 'adventurer', status: 'active' });
    await change(alice, 'guild', { idempotency_key: randomUUID() });
    await untilRow(alice, { plan_id: 'guild', status: 'active' });
  });

  test('whose answers are lost does each thing once', async () => {
    const alice = await newPayer();
    for (const path of ['/v1/customers', '/v1/checkout/sessions']) {
      await control('POST', '/faults', { kind: 'lost', path, method: 'POST' });
    }
    await buy(alice, 'guild');
    const { data } = await stripe().customers.search({ query: `metadata['tenant_id']:'${alice.tenant}'` });
    expect(data).toHaveLength(1);
    // The schedule is made, its answer is lost, and what it is to do is not taken: half of a downgrade.
    await control('POST', '/faults', { kind: 'lost', path: '/v1/subscription_schedules', method: 'POST' });
    await control('POST', '/faults', { status: 503, path: '/v1/subscription_schedules/', method: 'POST', times: 3 });
    expect(await refusal(billing(alice.owner, 'change', { plan_id: 'adventurer' }))).toEqual(away);
    expect(await rowOf(alice)).toMatchObject({ plan_id: 'guild', next_plan_id: null });
    await control('DELETE', '/faults');
    await change(alice, 'adventurer');
    await untilRow(alice, { plan_id: 'guild', next_plan_id: 'adventurer' });
    expect((await stripe().subscriptionSchedules.list({ customer: (await customerOf(alice))! })).data).toHaveLength(1);
  });
});

// What is done with single events of Stripe: recorded, applied, refused, tried again.
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, refused, story, type Story } from '../lib/database.ts';
import { StripeModel } from './stripe-model.ts';
import { plantTenant, record, type Sql, stateOf } from './table.ts';

afterAll(closeDatabase);

const start = Math.floor(Date.now() / 1000) - 3600;
const asSql =
  (told: Story): Sql =>
  (sql, values) =>
    told.root(sql, values);

async function customer(told: Story): Promise<{ sql: Sql; stripe: StripeModel; tenant: string }> {
  const sql = asSql(told);
  const tenant = await plantTenant(sql, start - 86_400);
  return { sql, tenant, stripe: new StripeModel(tenant, start) };
}

test('a purchase ends the trial and is the live plan', () =>
  story(async (told) => {
    const { sql, stripe, tenant } = await customer(told);
    stripe.checkout('dungeon_master', 'monthly');
    for (const event of stripe.events) await record(sql, event);
    expect(await stateOf(sql, tenant)).toEqual(stripe.expected());
    const rows = await sql(
      `select plan_id, status, extract(epoch from ended_at)::int as ended from mgmt.subscriptions where tenant_id = $1 order by started_at`,
      [tenant],
    );
    expect(rows).toEqual([
      { plan_id: 'adventurer', status: 'trialing', ended: start },
      { plan_id: 'dungeon_master', status: 'active', ended: null },
    ]);
  }));

test('the same event twice is applied once, and one that we do not read is kept', () =>
  story(async (told) => {
    const { sql, stripe } = await customer(told);
    stripe.checkout('adventurer', 'monthly');
    const created = stripe.events[0]!;
    expect(await record(sql, created)).toEqual({ event_id: created.id, outcome: 'applied' });
    expect(await record(sql, created)).toEqual({ event_id: created.id, outcome: 'duplicate' });
    stripe.chatter();
    const other = stripe.events.find(({ type }) => type === 'customer.updated')!;
    expect(await record(sql, other)).toEqual({ event_id: other.id, outcome: 'ignored' });
    const [kept] = await sql('select payload from private.payment_events where stripe_event_id = $1', [other.id]);
    expect(kept).toEqual({ payload: other });
  }));

test('news that is older than what is known is recorded as stale', () =>
  story(async (told) => {
    const { sql, stripe, tenant } = await customer(told);
    stripe.checkout('adventurer', 'monthly');
    stripe.advance(60);
    stripe.upgrade('guild');
    const changes = stripe.events.filter(({ type }) => type === 'customer.subscription.updated');
    await record(sql, changes.at(-1)!);
    expect(await record(sql, changes[0]!)).toMatchObject({ outcome: 'stale' });
    expect(await stateOf(sql, tenant)).toMatchObject({ plan: 'guild' });
  }));

test('an event of nobody fails visibly, and is applied as soon as its customer is known', () =>
  story(async (told) => {
    const { sql, stripe, tenant } = await customer(told);
    stripe.checkout('adventurer', 'monthly');
    stripe.refund(1);
    const refund = stripe.events.at(-1)!;
    const failed = await record(sql, refund);
    expect(failed).toMatchObject({ outcome: 'failed', error: expect.stringMatching(/^unknown_tenant: /) as string });
    expect(await record(sql, refund)).toMatchObject({ outcome: 'failed' });
    for (const event of stripe.events.slice(0, -1)) await record(sql, event);
    expect(await stateOf(sql, tenant)).toEqual(stripe.expected());
    expect(await record(sql, refund)).toMatchObject({ outcome: 'duplicate' });
  }));

test('the customer of another table is refused, whatever the metadata says', () =>
  story(async (told) => {
    const { sql, stripe, tenant } = await customer(told);
    const mallory = await customer(told);
    stripe.checkout('guild', 'monthly');
    for (const event of stripe.events) await record(sql, event);
    mallory.stripe.checkout('adventurer', 'monthly');
    const forged = structuredClone(mallory.stripe.events[4]!);
    forged.data.object['customer'] = stripe.customer;
    expect(await record(sql, forged)).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(/^foreign_customer: /) as string,
    });
    expect(await stateOf(sql, tenant)).toEqual(stripe.expected());
    expect(await sql('select * from private.stripe_subscriptions where tenant_id = $1', [mallory.tenant])).toEqual([]);
  }));

test('an address that a payer may choose names no table', () =>
  story(async (told) => {
    const { sql, stripe, tenant } = await customer(told);
    stripe.checkout('adventurer', 'monthly');
    const linked = structuredClone(stripe.events.find(({ type }) => type === 'checkout.session.completed')!);
    delete linked.data.object['metadata'];
    expect(linked.data.object['client_reference_id']).toBe(tenant);
    expect(await record(sql, linked)).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(/^unknown_tenant: /) as string,
    });
    expect(await sql('select mgmt.stripe_customer($1) as customer', [tenant])).toEqual([{ customer: null }]);
  }));

test('what Stripe says of a deleted table is no failure, and makes nothing', () =>
  story(async (told) => {
    const { sql, stripe, tenant } = await customer(told);
    stripe.checkout('adventurer', 'monthly');
    for (const event of stripe.events) await record(sql, event);
    await sql(
      `insert into private.tenant_deletions (tenant_id, name, members, asked_at) values ($1, 'Billed', '{}', private.now())`,
      [tenant],
    );
    const from = stripe.events.length;
    stripe.advance(60);
    stripe.cancel();
    stripe.refund(1);
    const [late, ...later] = stripe.events.slice(from);
    // Until it is purged its plan is a plan as any other.
    expect(await record(sql, late!)).toMatchObject({ outcome: 'applied' });
    expect(await sql('select private.purge_tenant($1) as purged', [tenant])).toEqual([{ purged: true }]);
    expect(later.length).toBeGreaterThan(0);
    for (const event of later) expect(await record(sql, event)).toMatchObject({ outcome: 'ignored' });
    const left = await sql('select from private.stripe_subscriptions where tenant_id = $1', [tenant]);
    expect(left).toEqual([]);
  }));

test('what can never be applied does not keep what can from its turn', () =>
  story(async (told) => {
    const { sql, stripe, tenant } = await customer(told);
    stripe.checkout('adventurer', 'monthly');
    await sql(
      `insert into private.payment_events (stripe_event_id, type, created, payload, received_at, outcome, error)
       select 'evt_other_' || each, 'charge.refunded', to_timestamp($1) - interval '1 year',
         '{"data": {"object": {"id": "ch_other"}}}', now() - interval '1 year', 'failed', 'unknown_tenant: Nobody.'
       from generate_series(1, 600) as each`,
      [start],
    );
    await sql(`update mgmt.subscription_plans set lookup_key_monthly = 'renamed' where id = 'adventurer'`);
    for (const event of stripe.events) await record(sql, event);
    expect(await stateOf(sql, tenant)).toMatchObject({ status: 'trialing' });
    await sql(
      `update mgmt.subscription_plans set lookup_key_monthly = 'glyphoxa_adventurer_monthly' where id = 'adventurer'`,
    );
    await sql('select private.retry_payment_events()');
    expect(await stateOf(sql, tenant)).toEqual(stripe.expected());
  }));

test('an error in applying keeps the record and nothing else, and a later delivery heals it', () =>
  story(async (told) => {
    const { sql, stripe, tenant } = await customer(told);
    stripe.checkout('dungeon_master', 'monthly');
    await sql(`update mgmt.subscription_plans set lookup_key_monthly = 'renamed' where id = 'dungeon_master'`);
    for (const event of stripe.events) await record(sql, event);
    const about = stripe.events.filter(({ type }) => type.startsWith('customer.subscription.'));
    expect(
      await sql(`select error, applied_at, facts from private.payment_events where stripe_event_id = any ($1)`, [
        about.map(({ id }) => id),
      ]),
    ).toEqual(
      about.map(() => ({ error: expect.stringMatching(/^unknown_plan: /) as string, applied_at: null, facts: null })),
    );
    expect(await stateOf(sql, tenant)).toMatchObject({ plan: 'adventurer', status: 'trialing' });
    await sql(
      `update mgmt.subscription_plans set lookup_key_monthly = 'glyphoxa_dungeon_master_monthly' where id = 'dungeon_master'`,
    );
    for (const event of about) expect(await record(sql, event)).toMatchObject({ outcome: 'applied' });
    expect(await stateOf(sql, tenant)).toEqual(stripe.expected());
  }));

test('when events of one second leave the state open, Stripe is asked once, and its answer holds', () =>
  story(async (told) => {
    const { sql, stripe, tenant } = await customer(told);
    stripe.checkout('adventurer', 'monthly');
    for (const event of stripe.events) await record(sql, event);
    stripe.advance(60);
    const from = stripe.events.length;
    stripe.cancel();
    stripe.reactivate();
    stripe.upgrade('guild');
    // The middle one is lost: two ends remain.
    const [cancel, , ...rest] = stripe.events.slice(from);
    for (const event of [...rest, cancel!]) await record(sql, event);
    const asked = `select payload from private.outbox where job = 'stripe.reconcile' and payload ->> 'tenant_id' = $1`;
    expect(await sql(asked, [tenant])).toEqual([
      { payload: { tenant_id: tenant, stripe_subscription_id: stripe.current!.id } },
    ]);
    // Stripe's newest event is of that same second: the first look contradicts what was heard, the second one settles it.
    const certain = `select certain from private.stripe_subscriptions where tenant_id = $1`;
    for (const look of ['first', 'second']) {
      for (const seen of stripe.observations()) {
        await record(sql, { ...seen, id: `reconcile_${look}_${String(seen.data.object['id'])}` }, 'reconcile');
      }
      expect(await stateOf(sql, tenant)).toEqual(stripe.expected());
      if (look === 'second') expect(await sql(certain, [tenant])).toEqual([{ certain: true }]);
    }
  }));

test('the log cannot be changed or emptied', () =>
  story(async (told) => {
    const { sql, stripe } = await customer(told);
    stripe.checkout('adventurer', 'monthly');
    const { id } = stripe.events[0]!;
    await record(sql, stripe.events[0]!);
    for (const attempt of [
      `update private.payment_events set payload = '{}' where stripe_event_id = '${id}'`,
      `delete from private.payment_events where stripe_event_id = '${id}'`,
      'truncate private.payment_events',
    ]) {
      expect(await refused(sql(attempt))).toMatchObject({ sqlstate: '42501' });
    }
  }));

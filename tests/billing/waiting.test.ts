// What people are told of their payments: why one failed, that one waits to be finished, and that a plan is over.
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, story, type Story } from '../lib/database.ts';
import { type StripeEvent, StripeModel } from './stripe-model.ts';
import { record, recordAll, type Sql } from './table.ts';

afterAll(closeDatabase);

const day = 86_400;

/** A table whose Owner signed up just now, and Stripe with some days for it. */
async function customer(told: Story): Promise<{ sql: Sql; owner: string; stripe: StripeModel }> {
  const sql: Sql = (statement, values) => told.root(statement, values);
  const alice = await told.owner('Alice');
  const stripe = new StripeModel(alice.tenant, Math.floor(Date.now() / 1000) - 3600);
  return { sql, owner: alice.id, stripe };
}

/** A charge that the bank refused, as Stripe tells of it: without its invoice. */
function refusedCharge(stripe: StripeModel, amount: number, message: string): StripeEvent {
  const [any] = stripe.events;
  const id = `ch_${message.replaceAll(/\W/g, '')}_${stripe.customer}`;
  return {
    ...any!,
    id: `evt_${id}`,
    type: 'charge.failed',
    created: stripe.now,
    data: {
      object: {
        id,
        object: 'charge',
        customer: stripe.customer,
        status: 'failed',
        amount,
        amount_refunded: 0,
        currency: 'usd',
        failure_code: 'card_declined',
        failure_message: message,
        payment_intent: `pi_${id}`,
        metadata: {},
      },
    },
  };
}

const reasons = (sql: Sql, stripe: StripeModel) =>
  sql(
    `select payment.status, failure_reason as reason from mgmt.payments as payment
     join mgmt.invoices as invoice on invoice.id = payment.invoice_id
     where payment.tenant_id = $1 order by number`,
    [stripe.tenant],
  );

test('a failed payment says what the bank said the last time, in whatever order that came, until it is paid', () =>
  story(async (told) => {
    const { sql, stripe } = await customer(told);
    stripe.checkout('adventurer', 'monthly');
    stripe.renew(false);
    const first = refusedCharge(stripe, 900, 'Your card was declined.');
    stripe.advance(60);
    const second = refusedCharge(stripe, 900, 'Your card has insufficient funds.');
    const other = refusedCharge(stripe, 1900, 'Somebody else’s card.');
    await recordAll(sql, [second, other, ...stripe.events, first]);
    const failed = [
      { status: 'succeeded', reason: null },
      { status: 'failed', reason: 'Your card has insufficient funds.' },
    ];
    expect(await reasons(sql, stripe)).toEqual(failed);
    const [{ done }] = (await sql('select private.replay_payment_events($1) as done', [stripe.tenant])) as [
      { done: { payments: { differed: unknown } } },
    ];
    expect(done.payments.differed).toEqual([]);
    expect(await reasons(sql, stripe)).toEqual(failed);
    stripe.retry(true);
    await recordAll(sql, stripe.events);
    expect(await reasons(sql, stripe)).toEqual([
      { status: 'succeeded', reason: null },
      { status: 'succeeded', reason: null },
    ]);
  }));

test('a first payment that waits for its confirmation is told to the Owner, with the page where it ends', () =>
  story(async (told) => {
    const { sql, owner, stripe } = await customer(told);
    const context = () => told.call(owner, 'mgmt.billing_context()');
    expect(await context()).toMatchObject({ pending_payment: null });
    stripe.checkout('guild', 'monthly');
    const [created] = stripe.events.filter(({ type }) => type === 'customer.subscription.created');
    const [open] = stripe.events.filter(({ type }) => type === 'invoice.finalized');
    for (const event of [created!, open!]) {
      if (event === created) event.data.object['status'] = 'incomplete';
      await record(sql, event);
    }
    const [invoice] = await sql('select hosted_invoice_url as url from mgmt.invoices where tenant_id = $1', [
      stripe.tenant,
    ]);
    expect(await context()).toMatchObject({
      subscription: { plan_id: 'adventurer', status: 'trialing' },
      pending_payment: { plan_id: 'guild', hosted_invoice_url: invoice!['url'] },
    });
    await told.clock('23 hours');
    expect(await context()).toMatchObject({ pending_payment: null });
    await told.clock('0');
    await recordAll(sql, stripe.events);
    expect(await context()).toMatchObject({ subscription: { plan_id: 'guild' }, pending_payment: null });
  }));

test('an end that was agreed on is seen in its row although Stripe’s news is late, and a renewal takes it back', () =>
  story(async (told) => {
    const { sql, stripe } = await customer(told);
    stripe.checkout('adventurer', 'monthly');
    stripe.cancel();
    await recordAll(sql, stripe.events);
    await told.clock('40 days');
    const said = () =>
      sql(`select to_jsonb(private.entitlement($1)) - 'subscription_id' as now`, [stripe.tenant]).then(
        ([row]) => row!['now'],
      );
    const status = () =>
      sql('select status, ended_at from mgmt.subscriptions where tenant_id = $1 and ended_at is null', [stripe.tenant]);
    const before = await said();
    expect(await status()).toEqual([{ status: 'active', ended_at: null }]);
    expect(
      await sql(`select tenant_id from private.due_tenants('roll_periods') where tenant_id = $1`, [stripe.tenant]),
    ).toHaveLength(1);
    await sql('select private.project_due(array[$1])', [stripe.tenant]);
    expect(await status()).toEqual([{ status: 'canceled', ended_at: null }]);
    expect(await said()).toEqual(before);
    expect(before).toMatchObject({ status: 'canceled', plan_id: 'adventurer' });
    expect(
      await sql(`select tenant_id from private.due_tenants('roll_periods') where tenant_id = $1`, [stripe.tenant]),
    ).toEqual([]);
    // It was taken back in time, and only the news of that was lost.
    stripe.reactivate();
    stripe.advance(32 * day);
    stripe.renew(true);
    await recordAll(sql, stripe.events);
    expect(await status()).toEqual([{ status: 'active', ended_at: null }]);
  }));

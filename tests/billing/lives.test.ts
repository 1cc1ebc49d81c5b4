// Whole lives of subscriptions, told in any order, twice, or not at all (and then seen by a look at Stripe): our tables
// always end in Stripe's own state.
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, connectAs, story } from '../lib/database.ts';
import { type Observation, type Plan, plans, StripeModel } from './stripe-model.ts';
import { type News, plantTenant, recordAll, type Sql, stateOf } from './table.ts';

afterAll(closeDatabase);

const seed = Number(process.env['LIVES_SEED'] ?? 20_261_121);
const runs = Number(process.env['LIVES_RUNS'] ?? 40);
const day = 86_400;

/** One thing that a person, a bank or the calendar does. A look is a reconcile in the middle of a life. */
type Step =
  | { do: 'checkout' | 'downgrade'; plan: Plan; interval: 'monthly' | 'yearly' }
  | { do: 'upgrade'; plan: Plan }
  | { do: 'renew' | 'retry'; paid: boolean }
  | { do: 'wait'; seconds: number }
  | { do: 'refund'; share: number }
  | { do: 'cancel' | 'reactivate' | 'delete' | 'chatter' | 'look' | 'lapse' };

const plan = fc.constantFrom(...plans);
const interval = fc.constantFrom('monthly' as const, 'yearly' as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('checkout' as const), plan, interval }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('upgrade' as const), plan }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('downgrade' as const), plan, interval }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('renew' as const), paid: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('retry' as const), paid: fc.boolean() }) },
  // Often not at all, so that several things happen within one second.
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 60, day, 8 * day, 40 * day) }),
  },
  // Often in parts: what counts is the sum of the last word.
  { weight: 4, arbitrary: fc.record({ do: fc.constant('refund' as const), share: fc.constantFrom(0.3, 0.3, 1) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('cancel', 'reactivate', 'cancel', 'reactivate', 'delete', 'chatter', 'look', 'lapse'),
    }),
  },
);

interface Life {
  steps: Step[];
  first: Plan;
  /** Where each piece of news goes; the same piece may come up to three times. */
  order: number[];
  /** Which news never come. */
  lost: boolean[];
}

const life: fc.Arbitrary<Life> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 14 }),
  first: plan,
  order: fc.array(fc.nat(10_000), { minLength: 200, maxLength: 200 }),
  lost: fc.oneof(
    fc.constant<boolean[]>([]),
    fc.array(
      fc.nat(3).map((n) => n === 0),
      { minLength: 100, maxLength: 100 },
    ),
  ),
});

/** Lives it through; what Stripe says meanwhile, and what looks in between saw. */
function live(stripe: StripeModel, { first, steps }: Life): Observation[] {
  const looks: Observation[] = [];
  stripe.checkout(first, 'monthly');
  for (const one of steps) {
    switch (one.do) {
      case 'checkout':
        stripe.checkout(one.plan, one.interval);
        break;
      case 'upgrade':
        stripe.upgrade(one.plan);
        break;
      case 'downgrade':
        stripe.downgrade(one.plan, one.interval);
        break;
      case 'renew':
        stripe.renew(one.paid);
        break;
      case 'retry':
        stripe.retry(one.paid);
        break;
      case 'wait':
        stripe.advance(one.seconds);
        break;
      case 'refund':
        stripe.refund(one.share);
        break;
      case 'cancel':
        stripe.cancel();
        break;
      case 'reactivate':
        stripe.reactivate();
        break;
      case 'delete':
        stripe.deleteNow();
        break;
      case 'chatter':
        stripe.chatter();
        break;
      case 'lapse':
        // The period is over, and nobody has said so.
        stripe.cancel();
        stripe.advance(40 * day);
        break;
      case 'look':
        looks.push(...stripe.observations());
        break;
    }
  }
  return looks;
}

/** In the order of arrival: shuffled, some of it twice, some of it never. */
function arrival(stripe: StripeModel, looks: Observation[], { order, lost }: Life): News[] {
  const news: News[] = [...stripe.events.filter((_, place) => !lost[place % lost.length]), ...looks];
  const twice = news.filter((_, place) => order[(place + 7) % order.length]! % 5 === 0);
  const shuffled = [...news, ...twice].map((one, place) => ({ one, at: order[place % order.length]! + place / 1000 }));
  return shuffled.sort((a, b) => a.at - b.at).map(({ one }) => one);
}

const anythingLost = (stripe: StripeModel, { lost }: Life): boolean =>
  stripe.events.some((_, place) => lost[place % lost.length]);

/** Looks at Stripe as the worker does: because something may be lost, or because SQL asked. */
async function reconcile(sql: Sql, stripe: StripeModel, always: boolean): Promise<void> {
  const asked = await sql(
    `delete from private.outbox where job = 'stripe.reconcile' and payload ->> 'tenant_id' = $1 returning id`,
    [stripe.tenant],
  );
  if (!always && asked.length === 0) return;
  stripe.advance(10);
  await recordAll(sql, stripe.observations());
}

const nothingDiffered = {
  subscriptions: { differed: [] },
  invoices: { differed: [] },
  payments: { differed: [] },
};

async function replay(sql: Sql, tenant: string): Promise<Record<string, unknown>> {
  const [row] = await sql<{ done: Record<string, unknown> }>('select private.replay_payment_events($1) as done', [
    tenant,
  ]);
  return row!.done;
}

/** Everything about payments but ids and the bookkeeping of rows. */
async function imageOf(sql: Sql, tenant: string): Promise<unknown> {
  const [row] = await sql('select private.billing_image($1) as image', [tenant]);
  return row!['image'];
}

/** One life from its first word to the last, in a transaction of its own that nobody else sees. */
const tell = (one: Life): Promise<void> =>
  story(async (told) => {
    const sql: Sql = (statement, values) => told.root(statement, values);
    const begin = Date.UTC(2026, 0, 31, 12) / 1000;
    const stripe = new StripeModel(await plantTenant(sql, begin - day), begin);
    const looks = live(stripe, one);
    await sql(
      `update private.settings set value = to_jsonb(format('%s seconds', $1 - extract(epoch from now()))) where key = 'clock.offset'`,
      [stripe.now],
    );
    await recordAll(sql, arrival(stripe, looks, one));
    // What came before its customer was known is applied by now.
    expect(
      await sql(`select type, error from private.payment_events where customer_id = $1 and outcome = 'failed'`, [
        stripe.customer,
      ]),
    ).toEqual([]);
    const lost = anythingLost(stripe, one);
    if (!lost && looks.length === 0) {
      // All is told: nothing may be left to guess.
      expect(
        await sql('select * from private.stripe_subscriptions where tenant_id = $1 and not certain', [stripe.tenant]),
      ).toEqual([]);
      expect(await stateOf(sql, stripe.tenant)).toEqual(stripe.expected());
    }
    await reconcile(sql, stripe, lost);
    expect(await stateOf(sql, stripe.tenant)).toEqual(stripe.expected());

    const before = await imageOf(sql, stripe.tenant);
    expect(await replay(sql, stripe.tenant)).toMatchObject(nothingDiffered);
    expect(await imageOf(sql, stripe.tenant)).toEqual(before);
    // And into tables that have lost everything.
    await sql('delete from mgmt.payments where tenant_id = $1', [stripe.tenant]);
    await sql('delete from mgmt.invoices where tenant_id = $1', [stripe.tenant]);
    await sql(
      'delete from mgmt.subscriptions where tenant_id = $1 and (stands_in or stripe_subscription_id is not null)',
      [stripe.tenant],
    );
    await replay(sql, stripe.tenant);
    expect(await imageOf(sql, stripe.tenant)).toEqual(before);
  });

test('a life in any order, with repetitions and losses, ends in the state of Stripe; so does its replay', async () => {
  // Always the same number of lives. With LIVES_SHRINK set the smallest one that fails is looked for, which takes long.
  await fc.assert(fc.asyncProperty(life, tell), { seed, numRuns: runs, endOnFailure: !process.env['LIVES_SHRINK'] });
}, 300_000);

test('a life told by several connections at once ends in the state of Stripe', async () => {
  const connections = await Promise.all([1, 2, 3, 4].map(() => connectAs('DATABASE_URL')));
  const [first] = connections;
  const sql: Sql = async (statement, values) => (await first!.query(statement, values)).rows;
  try {
    for (const one of fc.sample(life, { seed, numRuns: 6 })) {
      // The clock is everybody's here, so this life ends now: within some minutes of its first word.
      const steps = one.steps.filter(({ do: what }) => !['renew', 'wait', 'look'].includes(what));
      const begin = Math.floor(Date.now() / 1000) - 600;
      const stripe = new StripeModel(await plantTenant(sql, begin - day), begin);
      live(stripe, { ...one, steps });
      const news = arrival(stripe, [], { ...one, lost: [] });
      await Promise.all(
        connections.map(async (connection, place) => {
          const share: Sql = async (statement, values) => (await connection.query(statement, values)).rows;
          // Everybody tells half of everything, so that most is told twice and at the same time.
          for (const event of news.filter((_, at) => (at + place) % 4 < 2)) await recordAll(share, [event]);
        }),
      );
      await reconcile(sql, stripe, false);
      expect(await stateOf(sql, stripe.tenant)).toEqual(stripe.expected());
      await sql('delete from public.tenants where id = $1', [stripe.tenant]);
    }
  } finally {
    await Promise.all(connections.map((connection) => connection.end()));
  }
}, 60_000);

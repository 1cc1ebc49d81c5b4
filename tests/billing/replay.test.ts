// The log alone gives what is derived from it, however often, and while everything goes on.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase, connectAs, gatewaySql, snowflake, story } from '../lib/database.ts';
import { StripeModel } from './stripe-model.ts';
import { plantTenant, record, recordAll, type Sql, stateOf } from './table.ts';

afterAll(closeDatabase);

const day = 86_400;
const now = (): number => Math.floor(Date.now() / 1000);

interface Rebuilt {
  rows: number;
  differed: { row: string; fields: string[] }[];
}

interface Replay {
  events: number;
  subscriptions: Rebuilt;
  invoices: Rebuilt;
  payments: Rebuilt;
}

async function replay(sql: Sql, tenant: string): Promise<Replay> {
  const [row] = await sql<{ done: Replay }>('select private.replay_payment_events($1) as done', [tenant]);
  return row!.done;
}

/** What was not as the log says, without the keys of rows. */
function differences({ subscriptions, invoices, payments }: Replay): unknown {
  const fields = ({ differed }: Rebuilt) => differed.map((one) => one.fields);
  return { subscriptions: fields(subscriptions), invoices: fields(invoices), payments: fields(payments) };
}

const none = { subscriptions: [], invoices: [], payments: [] };

const plantInvoice = (sql: Sql, tenant: string) =>
  sql(
    `insert into mgmt.invoices (tenant_id, stripe_invoice_id, number, status, currency, subtotal_cents, tax_cents, total_cents,
       amount_due_cents, amount_paid_cents, attempts, period_start, period_end, issued_at, observed_at, observed_by)
     values ($1, gen_random_uuid(), 'By hand', 'paid', 'usd', 900, 0, 900, 900, 900, 1, now(), now(), now(), now(), 'nobody')`,
    [tenant],
  );

test('changes by hand to what Stripe decides are named and undone, and a second replay finds nothing', () =>
  story(async (told) => {
    const sql: Sql = (statement, values) => told.root(statement, values);
    const begin = now() - 3 * day;
    const tenant = await plantTenant(sql, begin - day);
    const stripe = new StripeModel(tenant, begin);
    stripe.checkout('adventurer', 'monthly');
    stripe.refund(0.3);
    await recordAll(sql, stripe.events);
    expect(differences(await replay(sql, tenant))).toEqual(none);
    await sql(
      `update mgmt.subscriptions set plan_id = 'guild', current_period_end = now() + interval '10 years'
       where tenant_id = $1 and stripe_subscription_id is not null`,
      [tenant],
    );
    await sql(`update mgmt.payments set amount_cents = 1 where tenant_id = $1 and kind = 'refund'`, [tenant]);
    await plantInvoice(sql, tenant);
    expect(differences(await replay(sql, tenant))).toEqual({
      subscriptions: [['current_period_end', 'plan_id']],
      invoices: [['unknown to Stripe']],
      payments: [['amount_cents']],
    });
    expect(await stateOf(sql, tenant)).toEqual(stripe.expected());
    expect(differences(await replay(sql, tenant))).toEqual(none);
  }));

test('our own rows are kept as they are, also where somebody gave a plan by hand', () =>
  story(async (told) => {
    const sql: Sql = (statement, values) => told.root(statement, values);
    const begin = now() - 3 * day;
    const tenant = await plantTenant(sql, begin - day);
    await sql(`update mgmt.subscriptions set plan_id = 'guild' where tenant_id = $1`, [tenant]);
    const stripe = new StripeModel(tenant, begin);
    // Broken off: the log knows the table, and nothing was bought.
    const created = { ...(stripe.checkout('adventurer', 'monthly'), stripe.events[0]!) };
    created.data.object['status'] = 'incomplete';
    await record(sql, created);
    expect(differences(await replay(sql, tenant))).toEqual(none);
    expect(await stateOf(sql, tenant)).toMatchObject({ plan: 'guild', status: 'trialing' });
  }));

test('tables that the log does not know are none of a replay', () =>
  story(async (told) => {
    const sql: Sql = (statement, values) => told.root(statement, values);
    const tenant = await plantTenant(sql, now() - day);
    await plantInvoice(sql, tenant);
    expect(await sql('select id from private.replayable_tenants() as id where id = $1', [tenant])).toEqual([]);
  }));

test('what only the clock has made due is no difference', () =>
  story(async (told) => {
    const sql: Sql = (statement, values) => told.root(statement, values);
    const begin = now() - 3 * day;
    const tenant = await plantTenant(sql, begin - day);
    const stripe = new StripeModel(tenant, begin);
    stripe.checkout('adventurer', 'monthly');
    stripe.renew(false);
    await recordAll(sql, stripe.events);
    await told.clock('45 days');
    expect(differences(await replay(sql, tenant))).toEqual(none);
    expect(await stateOf(sql, tenant)).toMatchObject({ status: 'suspended' });
  }));

test('replays while news arrive and sessions start: nobody is stuck, and all ends in the state of Stripe', async () => {
  const connections = await Promise.all([1, 2, 3, 4].map(() => connectAs('DATABASE_URL')));
  const gateway = await connectAs('GATEWAY_DATABASE_URL');
  const over =
    (connection: pg.Client): Sql =>
    async (statement, values) =>
      (await connection.query(statement, values)).rows;
  const [replaying, working, ...telling] = connections.map(over) as [Sql, Sql, Sql, Sql];
  const begin = now() - 600;
  const tables = await Promise.all(
    [1, 2].map(async () => new StripeModel(await plantTenant(asRoot, begin - day), begin)),
  );
  try {
    for (const stripe of tables) {
      stripe.checkout('dungeon_master', 'monthly');
      stripe.advance(60);
      stripe.upgrade('guild');
      stripe.refund(0.3);
      stripe.advance(60);
      stripe.cancel();
      stripe.reactivate();
      stripe.chatter();
    }
    const campaigns = await Promise.all(
      tables.map(async ({ tenant }) => {
        const [row] = await asRoot<{ id: string }>(
          `insert into mgmt.campaigns (tenant_id, name) values ($1, 'Meanwhile') returning id`,
          [tenant],
        );
        return { tenant, id: row!.id };
      }),
    );
    const news = tables.flatMap(({ events }) => [...events, ...events.toReversed()]);
    let delivered = 0;
    let replays = 0;
    let starts = 0;
    const busy = (): boolean => delivered < news.length;
    const turn = async (work: () => Promise<void>) => {
      do await work();
      while (busy());
    };
    await Promise.all([
      (async () => {
        for (const event of news) {
          await record(telling[delivered % 2]!, event);
          delivered += 1;
        }
      })(),
      turn(async () => {
        for (const { tenant } of tables) await replay(replaying, tenant);
        replays += 1;
      }),
      turn(async () => {
        await working('select private.project_due($1)', [tables.map(({ tenant }) => tenant)]);
      }),
      turn(async () => {
        for (const { tenant, id } of campaigns) {
          const session = randomUUID();
          await gateway.query(gatewaySql.start, [session, tenant, id, snowflake(1), snowflake(1), 'dedicated']);
          await gateway.query(gatewaySql.end, [session, '']);
        }
        starts += 1;
      }),
    ]);
    expect(Math.min(replays, starts)).toBeGreaterThan(0);
    for (const stripe of tables) {
      expect(await stateOf(asRoot, stripe.tenant)).toEqual(stripe.expected());
      expect(differences(await replay(asRoot, stripe.tenant))).toEqual(none);
    }
  } finally {
    await Promise.all([gateway, ...connections].map((connection) => connection.end()));
    await asRoot('delete from public.tenants where id = any ($1)', [tables.map(({ tenant }) => tenant)]);
  }
}, 60_000);

test('an event whose customer becomes known at the same moment is applied', async () => {
  const first = await connectAs('DATABASE_URL');
  const second = await connectAs('DATABASE_URL');
  const begin = now() - 600;
  const tenant = await plantTenant(asRoot, begin - day);
  const stripe = new StripeModel(tenant, begin);
  try {
    stripe.checkout('adventurer', 'monthly');
    stripe.refund(1);
    const refund = stripe.events.at(-1)!;
    // Recorded as nobody's, and not yet to be seen by others.
    await first.query('begin');
    const early = await first.query<{ done: { outcome: string } }>('select mgmt.record_stripe_event($1) as done', [
      JSON.stringify(refund),
    ]);
    expect(early.rows[0]!.done.outcome).toBe('failed');
    const rest = recordAll(
      async (statement, values) => (await second.query(statement, values)).rows,
      [...stripe.events.slice(0, -1)],
    );
    await untilWaiting(second);
    await first.query('commit');
    await rest;
    expect(await stateOf(asRoot, tenant)).toEqual(stripe.expected());
  } finally {
    await Promise.all([first.end(), second.end()]);
    await asRoot('delete from public.tenants where id = $1', [tenant]);
  }
});

/** Until the connection waits for a lock of another. */
async function untilWaiting(connection: pg.Client): Promise<void> {
  const pid = (connection as pg.Client & { processID: number }).processID;
  for (let rest = 2000; rest > 0; rest--) {
    const [row] = await asRoot<{ waits: boolean }>('select cardinality(pg_blocking_pids($1)) > 0 as waits', [pid]);
    if (row!.waits) return;
  }
  throw new Error('It waits for nobody.');
}

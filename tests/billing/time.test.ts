// What the clock does to plans: the jobs make visible exactly what private.entitlement() said before they ran.
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, story, type Story } from '../lib/database.ts';
import { StripeModel } from './stripe-model.ts';
import { plantTenant, recordAll, type Sql } from './table.ts';

afterAll(closeDatabase);

const day = 86_400;
/** The 31st, where months differ most. */
const signUp = Date.UTC(2026, 0, 31, 12) / 1000;
const jobs = ['expire_trials', 'suspend_overdue', 'finalize_unpaid', 'roll_periods'] as const;

interface Told {
  sql: Sql;
  tenant: string;
  stripe: StripeModel;
  /** Sets everybody's clock, in this story only. */
  clock(to: number): Promise<void>;
  /** What holds now, but for the row it is read from. */
  entitlement(): Promise<Record<string, unknown>>;
  /** What all jobs do for this table; how many rows each changed. */
  work(): Promise<Record<string, number>>;
  /** Plan and status of the live row. */
  live(): Promise<unknown>;
}

const tell = (work: (told: Told) => Promise<void>): Promise<void> =>
  story(async (story: Story) => {
    const sql: Sql = (statement, values) => story.root(statement, values);
    const tenant = await plantTenant(sql, signUp);
    await work({
      sql,
      tenant,
      stripe: new StripeModel(tenant, signUp + day),
      clock: async (to) => {
        await sql(
          `update private.settings set value = to_jsonb(format('%s seconds', $1 - extract(epoch from now()))) where key = 'clock.offset'`,
          [to],
        );
      },
      entitlement: async () => {
        const [row] = await sql(`select to_jsonb(private.entitlement($1)) - 'subscription_id' as now`, [tenant]);
        return row!['now'] as Record<string, unknown>;
      },
      work: async () => {
        const changed: Record<string, number> = {};
        for (const job of jobs) {
          // Of this table alone: others of the database are in use by other tests.
          const [row] = await sql<{ rows: number }>(
            'select private.project_due(array(select tenant_id from private.due_tenants($1) where tenant_id = $2)) as rows',
            [job, tenant],
          );
          changed[job] = row!.rows;
        }
        return changed;
      },
      live: async () => {
        const rows = await sql(
          'select plan_id as plan, status from mgmt.subscriptions where tenant_id = $1 and ended_at is null',
          [tenant],
        );
        expect(rows).toHaveLength(1);
        return rows[0];
      },
    });
  });

const nothing = { expire_trials: 0, suspend_overdue: 0, finalize_unpaid: 0, roll_periods: 0 };

/** At each of these moments the jobs change nothing of what holds; a second run changes nothing at all. */
async function passThrough(told: Told, moments: number[]): Promise<unknown[]> {
  const said: unknown[] = [];
  for (const moment of moments) {
    await told.clock(moment);
    const before = await told.entitlement();
    await told.work();
    expect({ moment, ...(await told.entitlement()) }).toEqual({ moment, ...before });
    expect(await told.work()).toEqual(nothing);
    said.push(before);
  }
  return said;
}

/** What entitlement says at these moments if no job ever runs. */
async function unworked(told: Told, moments: number[]): Promise<unknown[]> {
  const said: unknown[] = [];
  for (const moment of moments) {
    await told.clock(moment);
    said.push(await told.entitlement());
  }
  return said;
}

test('a trial that is over becomes the free plan from the moment it ended, and its months stay where they were', () =>
  tell(async (told) => {
    const moments = [10, 14, 15, 40, 80, 120, 200, 400].map((days) => signUp + days * day);
    const said = await unworked(told, moments);
    // With the jobs run all along it is month for month what it was without them.
    expect(await passThrough(told, moments)).toEqual(said);
    expect(await told.live()).toEqual({ plan: 'apprentice', status: 'active' });
    const rows = await told.sql(
      `select status, extract(epoch from started_at)::int as since, stands_in from mgmt.subscriptions where tenant_id = $1 order by started_at`,
      [told.tenant],
    );
    expect(rows).toEqual([
      { status: 'trialing', since: signUp, stands_in: false },
      { status: 'active', since: signUp + 14 * day, stands_in: true },
    ]);
  }));

test('a free plan that nobody pays for rolls on, from the 31st to the 28th and to the 31st again', () =>
  tell(async (told) => {
    await told.sql(
      `update mgmt.subscriptions set plan_id = 'apprentice', status = 'active', trial_end = null,
         current_period_start = '2025-12-31 12:00+00', current_period_end = '2026-01-31 12:00+00' where tenant_id = $1`,
      [told.tenant],
    );
    const moments = [0, 5, 27, 30, 58, 60, 90, 150, 400].map((days) => signUp + days * day);
    await told.clock(Date.UTC(2026, 2, 30) / 1000);
    expect(await told.entitlement()).toMatchObject({
      period_start: '2026-02-28T12:00:00+00:00',
      period_end: '2026-03-31T12:00:00+00:00',
    });
    const said = await unworked(told, moments);
    expect(await passThrough(told, moments)).toEqual(said);
  }));

test('a payment that fails: seven days of grace, then suspended, on day 30 the free plan', () =>
  tell(async (told) => {
    const { stripe } = told;
    stripe.checkout('guild', 'monthly');
    stripe.renew(false);
    const failed = stripe.now;
    stripe.advance(3 * day);
    stripe.retry(false);
    await told.clock(stripe.now);
    await recordAll(told.sql, stripe.events);
    expect(await told.live()).toEqual({ plan: 'guild', status: 'past_due' });
    await passThrough(told, [failed + 7 * day - 1]);
    expect(await told.live()).toEqual({ plan: 'guild', status: 'past_due' });
    await passThrough(told, [failed + 7 * day]);
    expect(await told.live()).toEqual({ plan: 'guild', status: 'suspended' });
    await passThrough(told, [failed + 30 * day - 1]);
    expect(await told.live()).toEqual({ plan: 'guild', status: 'suspended' });
    expect(await told.sql('select * from private.unpaid_stripe_subscriptions()')).toEqual([]);
    await passThrough(told, [failed + 30 * day, failed + 75 * day]);
    expect(await told.live()).toEqual({ plan: 'apprentice', status: 'active' });
    expect(
      await told.sql('select * from private.unpaid_stripe_subscriptions() where tenant_id = $1', [told.tenant]),
    ).toEqual([{ stripe_subscription_id: stripe.current!.id, tenant_id: told.tenant }]);
  }));

test('paid after all, on day 31: the plan is back, and Stripe is asked to cancel nothing', () =>
  tell(async (told) => {
    const { stripe } = told;
    stripe.checkout('guild', 'yearly');
    stripe.renew(false);
    stripe.advance(31 * day);
    await told.clock(stripe.now);
    await recordAll(told.sql, stripe.events);
    await told.work();
    expect(await told.live()).toEqual({ plan: 'apprentice', status: 'active' });
    stripe.retry(true);
    await recordAll(told.sql, stripe.events);
    expect(await told.live()).toEqual({ plan: 'guild', status: 'active' });
    expect(
      await told.sql('select * from private.unpaid_stripe_subscriptions() where tenant_id = $1', [told.tenant]),
    ).toEqual([]);
  }));

test('a downgrade becomes true at the end of the period, also when Stripe is late with the news', () =>
  tell(async (told) => {
    const { stripe } = told;
    stripe.checkout('guild', 'monthly');
    stripe.downgrade('adventurer', 'monthly');
    const { periodEnd } = stripe.current!;
    await told.clock(stripe.now);
    await recordAll(told.sql, stripe.events);
    await passThrough(told, [periodEnd - 1]);
    expect(await told.live()).toEqual({ plan: 'guild', status: 'active' });
    await passThrough(told, [periodEnd, periodEnd + 20 * day, periodEnd + 45 * day]);
    expect(await told.live()).toEqual({ plan: 'adventurer', status: 'active' });
    stripe.renew(true);
    await told.clock(stripe.now);
    await recordAll(told.sql, stripe.events);
    const [row] = await told.sql(
      'select extract(epoch from current_period_end)::int as ends, period_anchor, next_plan_id from mgmt.subscriptions where tenant_id = $1 and ended_at is null',
      [told.tenant],
    );
    expect(row).toEqual({ ends: stripe.current!.periodEnd, period_anchor: null, next_plan_id: null });
  }));

test('an upgrade starts the count of sessions when it happened, not when we heard of it', () =>
  tell(async (told) => {
    const { stripe } = told;
    stripe.checkout('adventurer', 'monthly');
    stripe.advance(5 * day);
    stripe.upgrade('guild');
    const upgraded = stripe.now;
    stripe.advance(3 * day);
    stripe.cancel();
    await told.clock(stripe.now);
    await recordAll(told.sql, stripe.events.toReversed());
    const [row] = await told.sql(
      'select extract(epoch from sessions_counted_from)::int as since from mgmt.subscriptions where tenant_id = $1 and ended_at is null',
      [told.tenant],
    );
    expect(row).toEqual({ since: upgraded });
  }));

test('the worker runs these jobs, and nobody whom the API knows', () =>
  tell(async ({ sql }) => {
    const rights = await sql(
      `select role, job from unnest($1::text[]) as job, unnest(array['glyphoxa_worker', 'service_role', 'authenticated', 'anon']) as role
       where has_function_privilege(role, format('private.%s()', job), 'execute') order by job`,
      [[...jobs, 'unpaid_stripe_subscriptions']],
    );
    expect(rows(rights)).toEqual(
      [...jobs, 'unpaid_stripe_subscriptions'].toSorted().map((job) => `glyphoxa_worker ${job}`),
    );
  }));

const rows = (rights: Record<string, unknown>[]): string[] =>
  rights.map(({ role, job }) => `${String(role)} ${String(job)}`);

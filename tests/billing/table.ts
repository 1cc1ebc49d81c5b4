// A tenant with its sign-up row, planted by SQL, and what our tables say of it in the model's words.
import { randomUUID } from 'node:crypto';
import type { Expected, Observation, StripeEvent } from './stripe-model.ts';

/** Runs a statement: a pool, one connection, or a story. */
export type Sql = <T extends Record<string, unknown>>(sql: string, values?: unknown[]) => Promise<T[]>;

/** A table on its trial since that moment (seconds). */
export async function plantTenant(sql: Sql, since: number): Promise<string> {
  const tenant = `billed_${randomUUID().slice(0, 8)}`;
  await sql(`insert into public.tenants (id, name, license_tier) values ($1, 'Billed', 'shared')`, [tenant]);
  await sql(
    `insert into mgmt.subscriptions (tenant_id, plan_id, status, started_at, current_period_start, current_period_end, trial_end)
     values ($1, 'adventurer', 'trialing', to_timestamp($2), to_timestamp($2),
       to_timestamp($2) + interval '14 days', to_timestamp($2) + interval '14 days')`,
    [tenant, since],
  );
  return tenant;
}

export interface Recorded {
  [key: string]: unknown;
  event_id: string;
  outcome: 'applied' | 'duplicate' | 'ignored' | 'stale' | 'failed';
  error?: string;
}

export async function record(sql: Sql, event: Partial<StripeEvent>, source = 'webhook'): Promise<Recorded> {
  const [row] = await sql<{ done: Recorded }>('select mgmt.record_stripe_event($1, $2) as done', [
    JSON.stringify(event),
    source,
  ]);
  return row!.done;
}

const seconds = (value: unknown): number | null => (value instanceof Date ? value.getTime() / 1000 : null);

/** The state of our tables, in the words of the model. */
export async function stateOf(sql: Sql, tenant: string): Promise<Expected> {
  const [live] = await sql('select * from mgmt.subscriptions where tenant_id = $1 and ended_at is null', [tenant]);
  if (!live) throw new Error(`${tenant} has no live subscription`);
  const ended = await sql<{ id: string; started_at: Date; ended_at: Date }>(
    `select stripe_subscription_id as id, started_at, ended_at from mgmt.subscriptions
     where tenant_id = $1 and ended_at is not null and stripe_subscription_id is not null order by stripe_subscription_id collate "C"`,
    [tenant],
  );
  const fromStripe = live['stripe_subscription_id'] !== null;
  return {
    plan: String(live['plan_id']),
    status: String(live['status']),
    interval: String(live['billing_interval']),
    nextPlan: live['next_plan_id'] as string | null,
    nextInterval: live['next_billing_interval'] as string | null,
    periodStart: fromStripe ? seconds(live['current_period_start']) : null,
    periodEnd: fromStripe ? seconds(live['current_period_end']) : null,
    cancelAtPeriodEnd: live['cancel_at_period_end'] === true,
    graceEnd: seconds(live['grace_period_end']),
    stripeSubscription: live['stripe_subscription_id'] as string | null,
    ended: ended.map(({ id, started_at, ended_at }) => ({
      id,
      startedAt: started_at.getTime() / 1000,
      endedAt: ended_at.getTime() / 1000,
    })),
    invoices: await sql(
      `select stripe_invoice_id as id, number, status, total_cents as total, amount_paid_cents as paid, attempts
       from mgmt.invoices where tenant_id = $1 order by number`,
      [tenant],
    ),
    payments: await sql(
      `select payment.stripe_invoice_id as invoice, payment.status, payment.amount_cents as amount
       from mgmt.payments as payment join mgmt.invoices as invoice on invoice.id = payment.invoice_id
       where payment.tenant_id = $1 and kind = 'payment' order by number`,
      [tenant],
    ),
    refunds: await sql(
      `select payment.stripe_charge_id as charge, invoice.stripe_invoice_id as invoice, payment.amount_cents as amount
       from mgmt.payments as payment left join mgmt.invoices as invoice on invoice.id = payment.invoice_id
       where payment.tenant_id = $1 and kind = 'refund' order by number`,
      [tenant],
    ),
  };
}

/** Something that reached us: an event that Stripe sent, or an object that was looked up. */
export type News = StripeEvent | Observation;

/** Records all of them one after the other, in one round trip. */
export async function recordAll(sql: Sql, news: News[]): Promise<Recorded[]> {
  const rows = await sql<{ done: Recorded }>(
    `select mgmt.record_stripe_event(news, case when news ? 'id' then 'webhook' else 'reconcile' end) as done
     from jsonb_array_elements($1::jsonb) with ordinality as told (news, place) order by place`,
    [JSON.stringify(news)],
  );
  return rows.map(({ done }) => done);
}

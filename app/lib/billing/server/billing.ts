import { error } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import { errorStatus } from '#domain/errors.ts';
import { dependencies } from '#lib/realtime/refresh.ts';
import { requireRole, type Account } from '#lib/server/account.ts';
import { type Api, unwrap } from '#lib/server/api.ts';
import type { PricedPlan } from '../plan.ts';
import { standingOf, type Standing, type Subscription } from '../standing.ts';

export interface Invoice {
  id: string;
  number: string | null;
  status: string;
  currency: string;
  total_cents: number;
  tax_cents: number;
  issued_at: string;
  hosted_invoice_url: string | null;
  pdf_url: string | null;
}

export interface Payment {
  id: string;
  kind: string;
  status: string;
  amount_cents: number;
  currency: string;
  occurred_at: string;
  receipt_url: string | null;
  /** Number of the invoice that it is for. */
  invoice: string | null;
}

/** Pages about money are the Owners', and exist only where something is sold. Live with subscription, invoices and payments. */
export async function requireBilling(event: RequestEvent): Promise<Account> {
  const account = await requireRole(event, 'tenant_owner');
  if (account.mode !== 'managed') error(errorStatus.not_found, 'not_found', { code: 'not_found' });
  return account;
}

/** For loads: a page about money follows these. */
export const billingDependencies = [dependencies.account, dependencies.billing] as const;

/** What is sold, cheapest first; empty where nothing is. */
export async function readPlans(api: Api): Promise<PricedPlan[]> {
  return unwrap(
    await api
      .from('subscription_plans')
      .select(
        'id, name, tier_order, price_monthly_cents, price_yearly_cents, currency, session_cap, max_session_hours, max_npcs, max_campaigns, max_seats, max_concurrent_sessions, voice_tier, custom_voices, knowledge_graph, priority_support',
      )
      .order('tier_order'),
  );
}

/** The table's live subscription, and how it stands with it. */
export async function readSubscription(
  api: Api,
  account: Account,
): Promise<{ subscription: Subscription | null; standing: Standing }> {
  const {
    data,
    error: refused,
    ...rest
  } = await api
    .from('subscriptions')
    .select(
      'plan_id, next_plan_id, next_billing_interval, status, billing_interval, stripe_subscription_id, current_period_end, trial_end, cancel_at_period_end, grace_period_end',
    )
    .is('ended_at', null)
    .maybeSingle();
  if (refused) unwrap({ data, error: refused, ...rest });
  return {
    subscription: data,
    standing: standingOf(data, { status: account.subscription?.status, plan: account.plan?.id }),
  };
}

/** Newest first, one more than `shown` at most: it says whether there are more. */
export async function readInvoices(api: Api, shown: number): Promise<{ rows: Invoice[]; more: boolean }> {
  const rows = unwrap(
    await api
      .from('invoices')
      .select('id, number, status, currency, total_cents, tax_cents, issued_at, hosted_invoice_url, pdf_url')
      .neq('status', 'draft')
      .order('issued_at', { ascending: false })
      .order('id')
      .limit(shown + 1),
  );
  return { rows: rows.slice(0, shown), more: rows.length > shown };
}

/** As `readInvoices`. What was given back stands as its own row. Two questions: the embedded API joins no tables. */
export async function readPayments(api: Api, shown: number): Promise<{ rows: Payment[]; more: boolean }> {
  const rows = unwrap(
    await api
      .from('payments')
      .select('id, kind, status, amount_cents, currency, occurred_at, receipt_url, invoice_id')
      .order('occurred_at', { ascending: false })
      .order('id')
      .limit(shown + 1),
  );
  const invoices = [...new Set(rows.flatMap(({ invoice_id: id }) => id ?? []))];
  const numbers = invoices.length > 0 ? unwrap(await api.from('invoices').select('id, number').in('id', invoices)) : [];
  const numberOf = new Map(numbers.map(({ id, number }) => [id, number]));
  return {
    rows: rows.slice(0, shown).map(({ invoice_id: id, ...payment }) => ({
      ...payment,
      invoice: (id && numberOf.get(id)) ?? null,
    })),
    more: rows.length > shown,
  };
}

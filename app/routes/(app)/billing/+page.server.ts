import { fail, redirect } from '@sveltejs/kit';
import {
  billingDependencies,
  readInvoices,
  readPayments,
  readPlans,
  readSubscription,
  requireBilling,
} from '#lib/billing/server/billing.ts';
import { askStripe } from '#lib/billing/server/stripe.ts';
import { attempt, unwrapJson } from '#lib/server/api.ts';
import type { Quota } from '#lib/server/dashboard.ts';
import type { Actions, PageServerLoad } from './$types';

const rowsAtOnce = 12;
const rowsAtMost = 240;

/** `?invoices=24`: how many rows of a list are open. */
function shown(value: string | null): number {
  const rows = Math.ceil(Number(value) / rowsAtOnce) * rowsAtOnce;
  return Number.isFinite(rows) ? Math.min(Math.max(rows, rowsAtOnce), rowsAtMost) : rowsAtOnce;
}

export const load: PageServerLoad = async (event) => {
  event.depends(...billingDependencies);
  const account = await requireBilling(event);
  const { api } = event.locals;
  const { searchParams } = event.url;
  const rows = { invoices: shown(searchParams.get('invoices')), payments: shown(searchParams.get('payments')) };
  const [plans, { subscription, standing }, quota, invoices, payments] = await Promise.all([
    readPlans(api),
    readSubscription(api, account),
    api.rpc('session_quota', {}).then(unwrapJson<Quota>),
    readInvoices(api, rows.invoices),
    readPayments(api, rows.payments),
  ]);
  return {
    plans,
    subscription,
    standing,
    quota,
    invoices: { ...invoices, next: rows.invoices + rowsAtOnce },
    payments: { ...payments, next: rows.payments + rowsAtOnce },
    // What Stripe has agreed to and the row does not say yet.
    asked: searchParams.get('asked'),
  };
};

export const actions: Actions = {
  portal: async (event) => {
    const opened = await attempt(() => askStripe.portal(event));
    return opened.ok ? { leave: opened.value.url } : fail(opened.status, { problem: opened.problem });
  },
  reactivate: async (event) => {
    const done = await attempt(() => askStripe.reactivate(event));
    if (!done.ok) return fail(done.status, { problem: done.problem });
    redirect(303, '/billing?asked=keep');
  },
};

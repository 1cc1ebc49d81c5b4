import { fail, redirect } from '@sveltejs/kit';
import { intervalOf } from '#lib/billing/plan.ts';
import { billingDependencies, readPlans, readSubscription, requireBilling } from '#lib/billing/server/billing.ts';
import { askStripe } from '#lib/billing/server/stripe.ts';
import { paysAtStripe } from '#lib/billing/standing.ts';
import { attempt } from '#lib/server/api.ts';
import type { Actions, PageServerLoad } from './$types';

/**
 * Where Stripe's checkout and a change of plan lead back to. What the address says only chooses the words: whether something was
 * paid is what the table's row says, so loading this page again, or making its address up, changes nothing.
 */
export const load: PageServerLoad = async (event) => {
  event.depends(...billingDependencies);
  const account = await requireBilling(event);
  const { searchParams } = event.url;
  const wanted = searchParams.get('plan');
  if (searchParams.has('canceled')) return { state: 'canceled' as const, plan: null };
  if (!searchParams.has('session_id') && !wanted) redirect(303, '/billing');
  const [plans, { subscription, standing }] = await Promise.all([
    readPlans(event.locals.api),
    readSubscription(event.locals.api, account),
  ]);
  const plan = plans.find(({ id }) => id === account.plan?.id) ?? null;
  const target = plans.find(({ id }) => id === wanted) ?? null;
  const bought = paysAtStripe(subscription) && ['active', 'changing', 'ending'].includes(standing.kind);
  const switched =
    target === null ||
    (plan?.id === target.id &&
      subscription?.billing_interval === intervalOf(searchParams) &&
      standing.kind === 'active');
  const state =
    standing.kind === 'incomplete'
      ? ('incomplete' as const)
      : bought && switched
        ? ('done' as const)
        : ('waiting' as const);
  return { state, plan: state === 'done' ? plan : target };
};

export const actions: Actions = {
  portal: async (event) => {
    const opened = await attempt(() => askStripe.portal(event));
    return opened.ok ? { leave: opened.value.url } : fail(opened.status, { problem: opened.problem });
  },
};

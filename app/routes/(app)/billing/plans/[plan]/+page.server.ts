import { error, fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { errorStatus } from '#domain/errors.ts';
import { intervalOf, payQuery } from '#lib/billing/plan.ts';
import { billingDependencies, readPlans, readSubscription, requireBilling } from '#lib/billing/server/billing.ts';
import { askStripe } from '#lib/billing/server/stripe.ts';
import { paysAtStripe } from '#lib/billing/standing.ts';
import { attempt, type Problem } from '#lib/server/api.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  event.depends(...billingDependencies);
  const account = await requireBilling(event);
  const interval = intervalOf(event.url.searchParams);
  const [plans, { subscription }] = await Promise.all([
    readPlans(event.locals.api),
    readSubscription(event.locals.api, account),
  ]);
  const plan = plans.find(({ id }) => id === event.params.plan);
  if (!plan) error(errorStatus.not_found, 'not_found', { code: 'not_found' });
  // Without a subscription there is nothing to change: the purchase begins on the list.
  if (!paysAtStripe(subscription)) redirect(303, `/billing/plans${payQuery(interval)}`);
  const asked = await attempt(() => askStripe.preview(event, { plan_id: plan.id, interval }));
  return {
    plan,
    mine: plans.find(({ id }) => id === subscription?.plan_id) ?? null,
    interval,
    preview: asked.ok ? asked.value : null,
    problem: asked.ok ? null : asked.problem,
    intent: crypto.randomUUID(),
  };
};

const change = z.object({ interval: z.enum(['monthly', 'yearly']), idempotency_key: z.guid() });

export const actions: Actions = {
  default: async (event) => {
    const parsed = change.safeParse(Object.fromEntries(await event.request.formData()));
    if (!parsed.success) {
      return fail(422, { problem: { code: 'validation', message: 'validation', said: false } as Problem });
    }
    const plan = event.params.plan;
    const done = await attempt(() => askStripe.change(event, { plan_id: plan, ...parsed.data }));
    if (!done.ok) return fail(done.status, { problem: done.problem });
    if (done.value.effective === 'period_end') redirect(303, '/billing?asked=change');
    const query = new URLSearchParams({ plan, ...(parsed.data.interval === 'yearly' && { pay: 'year' }) });
    redirect(303, `/billing/return?${query}`);
  },
};

import { fail } from '@sveltejs/kit';
import { z } from 'zod';
import { intervalOf } from '#lib/billing/plan.ts';
import { billingDependencies, readPlans, readSubscription, requireBilling } from '#lib/billing/server/billing.ts';
import { askStripe } from '#lib/billing/server/stripe.ts';
import { attempt, unwrapJson, type Problem } from '#lib/server/api.ts';
import type { Quota } from '#lib/server/dashboard.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  event.depends(...billingDependencies);
  const account = await requireBilling(event);
  const { api } = event.locals;
  const [plans, { subscription, standing }, quota] = await Promise.all([
    readPlans(api),
    readSubscription(api, account),
    api.rpc('session_quota', {}).then(unwrapJson<Quota>),
  ]);
  return {
    plans,
    subscription,
    standing,
    quota,
    interval: intervalOf(event.url.searchParams),
    // A tap that is repeated on the same page leads to the same payment.
    intent: crypto.randomUUID(),
  };
};

const purchase = z.object({
  plan_id: z.string().min(1).max(64),
  interval: z.enum(['monthly', 'yearly']),
  idempotency_key: z.guid(),
});

export const actions: Actions = {
  /** The first purchase: the plan is paid on Stripe's page. */
  checkout: async (event) => {
    const parsed = purchase.safeParse(Object.fromEntries(await event.request.formData()));
    if (!parsed.success) {
      return fail(422, { problem: { code: 'validation', message: 'validation', said: false } as Problem });
    }
    const opened = await attempt(() => askStripe.checkout(event, parsed.data));
    return opened.ok ? { leave: opened.value.url } : fail(opened.status, { problem: opened.problem });
  },
  /** A payment that was begun is finished there too. */
  portal: async (event) => {
    const opened = await attempt(() => askStripe.portal(event));
    return opened.ok ? { leave: opened.value.url } : fail(opened.status, { problem: opened.problem });
  },
};

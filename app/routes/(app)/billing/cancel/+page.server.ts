import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { billingDependencies, readPlans, readSubscription, requireBilling } from '#lib/billing/server/billing.ts';
import { askStripe } from '#lib/billing/server/stripe.ts';
import { paysAtStripe } from '#lib/billing/standing.ts';
import { submit } from '#lib/server/form.ts';
import { optionalText } from '#domain/schemas/issue.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  event.depends(...billingDependencies);
  const account = await requireBilling(event);
  const [plans, { subscription, standing }] = await Promise.all([
    readPlans(event.locals.api),
    readSubscription(event.locals.api, account),
  ]);
  // Nothing to end, or ended already: the other page says how it stands.
  if (!subscription || !paysAtStripe(subscription) || standing.kind === 'ending') redirect(303, '/billing');
  return {
    plan: plans.find(({ id }) => id === subscription.plan_id) ?? null,
    free: plans[0] ?? null,
    until: subscription.current_period_end,
  };
};

const leaving = z.object({
  reason: z.enum(['', 'too_expensive', 'unused', 'missing_features', 'self_hosting', 'other']),
  comment: optionalText(1000),
});

export const actions: Actions = {
  default: async (event) => {
    const data = await event.request.formData();
    const input = { reason: String(data.get('reason') ?? ''), comment: String(data.get('comment') ?? '') };
    const sent = await submit(leaving, input, input, ({ reason, comment }) =>
      askStripe.cancel(event, { ...(reason && { reason }), ...(comment && { comment }) }),
    );
    if (sent.failure) return sent.failure;
    redirect(303, '/billing?asked=cancel');
  },
};

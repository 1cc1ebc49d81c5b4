import { z } from 'zod';
import { intervals, type Plan, planColumns } from '../../domain/stripe/plans.ts';
import type { CustomerRegister } from '../../domain/stripe/customers.ts';
import { AppError } from '../_shared/app-error.ts';
import { callFunction, type MgmtClient, rowsOf } from '../_shared/supabase.ts';

const exceeded = z.object({ count: z.number(), allowed: z.number() }).nullable();

const answer = z.object({
  mode: z.string(),
  tenant: z.object({ id: z.string(), name: z.string(), contact_email: z.string().nullable() }),
  email: z.string().nullable(),
  subscription: z
    .object({
      plan_id: z.string(),
      status: z.string(),
      billing_interval: z.enum(intervals),
      stripe_subscription_id: z.string().nullable(),
    })
    .nullable(),
  above_plan: z
    .object({
      npcs: z.array(
        z.object({ campaign_id: z.string(), campaign: z.string(), count: z.number(), allowed: z.number() }),
      ),
      campaigns: exceeded,
      seats: exceeded,
    })
    .nullable(),
});

export type BillingContext = z.output<typeof answer>;

/** How the caller's table pays, as the database tells its Owners; 403 for anybody else. `planId`: also what would be above that plan. */
export async function readContext(user: MgmtClient, planId?: string): Promise<BillingContext> {
  const context = await callFunction(user, 'billing_context', planId === undefined ? {} : { plan_id: planId }, answer);
  if (context.mode !== 'managed') {
    throw new AppError('billing_not_managed', 'There is nothing to pay for here: this Glyphoxa is run by yourselves.');
  }
  return context;
}

const plan: z.ZodType<Plan> = z.object({
  id: z.string(),
  name: z.string(),
  tier_order: z.number(),
  price_monthly_cents: z.number(),
  price_yearly_cents: z.number().nullable(),
  currency: z.string(),
  lookup_key_monthly: z.string().nullable(),
  lookup_key_yearly: z.string().nullable(),
});

/** The price list, as the caller reads it. */
export async function readPlans(user: MgmtClient): Promise<Plan[]> {
  return rowsOf(await user.from('subscription_plans').select(planColumns), plan);
}

/** The database's note of which customer of Stripe is which tenant. */
export function customerRegister(service: MgmtClient): CustomerRegister {
  return {
    find: (tenant) => callFunction(service, 'stripe_customer', { tenant }, z.string().nullable()),
    link: async (tenant, customer) => {
      await callFunction(service, 'link_stripe_customer', { tenant, customer }, z.unknown());
    },
  };
}

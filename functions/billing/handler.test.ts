// Where there is nothing to pay for, and where payments are not set up: no route goes on to Stripe.
import { createClient } from '@supabase/supabase-js';
import { describe, expect, test } from 'vitest';
import type { MgmtClient } from '../_shared/supabase.ts';
import { createBillingHandler } from './handler.ts';
import { stripeOf } from './stripe.ts';

const routes = {
  checkout: { plan_id: 'guild', interval: 'monthly' },
  portal: {},
  preview: { plan_id: 'guild', interval: 'monthly' },
  change: { plan_id: 'guild', interval: 'monthly' },
  cancel: {},
  reactivate: {},
};

const plans = [
  ['apprentice', 0, null],
  ['adventurer', 1, 900],
  ['guild', 3, 2900],
].map(([id, tier, cents]) => ({
  id,
  name: id,
  tier_order: tier,
  price_monthly_cents: cents ?? 0,
  price_yearly_cents: null,
  currency: 'usd',
  lookup_key_monthly: cents ? `glyphoxa_${id}_monthly` : null,
  lookup_key_yearly: null,
}));

/** The database's answers to an Owner of an installation in this mode. */
function database(mode: string, subscription: string | null): MgmtClient {
  const answers: Record<string, unknown> = {
    '/rest/v1/rpc/billing_context': {
      mode,
      tenant: { id: 'table_1', name: 'Table', contact_email: null },
      email: 'alice@example.com',
      subscription: {
        plan_id: 'adventurer',
        status: 'active',
        billing_interval: 'monthly',
        stripe_subscription_id: subscription,
      },
      above_plan: { npcs: [], campaigns: null, seats: null },
    },
    '/rest/v1/rpc/begin_checkout': crypto.randomUUID(),
    '/rest/v1/rpc/stripe_customer': 'cus_1',
    '/rest/v1/subscription_plans': plans,
  };
  const answer: typeof fetch = (input) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    return Promise.resolve(Response.json(answers[pathname], { status: pathname in answers ? 200 : 404 }));
  };
  return createClient('http://database.invalid', 'sb_publishable_none', {
    db: { schema: 'mgmt' },
    auth: { persistSession: false, autoRefreshToken: false },
    global: { fetch: answer },
  }) as unknown as MgmtClient;
}

async function ask(mode: string, route: string, body: unknown): Promise<{ status: number; code: unknown }> {
  // Only who pays nothing yet comes to Stripe by a checkout.
  const client = () => database(mode, route === 'checkout' ? null : 'sub_1');
  const handle = createBillingHandler({
    stripe: stripeOf({ STRIPE_API_URL: 'http://stripe.invalid' }),
    appUrl: 'http://app.invalid',
    userClient: client,
    serviceClient: client,
  });
  const answer = await handle(
    new Request(`http://functions.invalid/billing/${route}`, {
      method: 'POST',
      headers: { authorization: 'Bearer somebody', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
  const { code } = (await answer.json()) as { code?: unknown };
  return { status: answer.status, code };
}

describe.each(Object.entries(routes))('%s', (route, body) => {
  test.each(['selfhosted', 'licensed'])('is refused in %s mode', async (mode) => {
    expect(await ask(mode, route, body)).toEqual({ status: 409, code: 'billing_not_managed' });
  });

  test('says that payments are not set up where Stripe has no key', async () => {
    expect(await ask('managed', route, body)).toEqual({ status: 503, code: 'billing_not_configured' });
  });
});

import { z } from 'zod';
import type { Stripe } from '../../domain/stripe/client.ts';
import { ensureCustomer } from '../../domain/stripe/customers.ts';
import { AppError } from '../_shared/app-error.ts';
import type { Call } from '../_shared/http.ts';
import { readBody } from '../_shared/input.ts';
import { callFunction } from '../_shared/supabase.ts';
import { choiceInput, isFree, pick, priceOf } from './choice.ts';
import { customerRegister, readContext, readPlans } from './context.ts';
import type { BillingDeps } from './deps.ts';
import { paidSubscriptionId } from './live.ts';

/** What ends by itself or was never paid does not stand in the way of a new purchase. */
const over: Stripe.Subscription.Status[] = ['canceled', 'incomplete_expired'];

/**
 * POST /checkout. The address of a page of Stripe on which the first payment of a plan is made. A double click is led to one page,
 * and only the page that was opened last can be paid on.
 */
export async function openCheckout(deps: BillingDeps, call: Call): Promise<Response> {
  const user = deps.userClient(call);
  const context = await readContext(user);
  const input = await readBody(call.request, choiceInput);
  const choice = pick(await readPlans(user), input.plan_id, input.interval);
  if (isFree(choice)) {
    throw new AppError('validation', 'plan_id: This plan costs nothing.', { field: 'plan_id' });
  }
  if (paidSubscriptionId(context)) throw alreadyPaying();
  const stripe = deps.stripe();
  const attempt = await callFunction(
    user,
    'begin_checkout',
    { plan_id: choice.plan.id, billing_interval: choice.interval },
    z.uuid(),
  );
  const { tenant } = context;
  const price = await priceOf(stripe, choice);
  const customer = await ensureCustomer(stripe, customerRegister(deps.serviceClient(call)), {
    tenantId: tenant.id,
    name: tenant.name,
    email: tenant.contact_email ?? context.email,
  });
  // The news of a payment may still be on its way to the database.
  const { data: subscriptions } = await stripe.subscriptions.list({ customer, status: 'all', limit: 20 });
  for (const subscription of subscriptions) {
    if (subscription.status === 'incomplete') {
      // Left behind by a payment that was broken off. Gone before a new one begins, so that nobody pays both.
      await stripe.subscriptions.cancel(subscription.id, {}, { idempotencyKey: `abandon:${subscription.id}` });
    } else if (!over.includes(subscription.status)) throw alreadyPaying();
  }
  await closeOthers(stripe, customer, attempt);
  const back = (query: string) => new URL(`/billing/return?${query}`, deps.appUrl).href;
  const metadata = { tenant_id: tenant.id, plan_id: choice.plan.id, interval: choice.interval };
  const session = await stripe.checkout.sessions.create(
    {
      mode: 'subscription',
      customer,
      client_reference_id: tenant.id,
      line_items: [{ price: price.id, quantity: 1 }],
      metadata: { ...metadata, attempt },
      subscription_data: { metadata },
      automatic_tax: { enabled: true },
      // Tax is decided by where somebody lives; the address is kept for the invoices that follow.
      customer_update: { address: 'auto', name: 'auto' },
      billing_address_collection: 'required',
      tax_id_collection: { enabled: true },
      // Stripe wants its placeholder literally, not encoded.
      success_url: back('session_id=') + '{CHECKOUT_SESSION_ID}',
      cancel_url: back('canceled=1'),
    },
    { idempotencyKey: `checkout:${attempt}` },
  );
  if (!session.url) throw alreadyPaying();
  return Response.json({ url: session.url });
}

/** Two open pages could be paid both. */
async function closeOthers(stripe: Stripe, customer: string, attempt: string): Promise<void> {
  const { data } = await stripe.checkout.sessions.list({ customer, status: 'open', limit: 20 });
  for (const session of data) {
    if (session.metadata?.['attempt'] === attempt) continue;
    await stripe.checkout.sessions.expire(session.id, {}, { idempotencyKey: `expire:${session.id}` });
  }
}

function alreadyPaying(): AppError {
  return new AppError('subscription_exists', 'Your table has a paid plan already.', {
    hint: 'Change it under Plans. After a payment it can take a minute until it is seen here.',
  });
}

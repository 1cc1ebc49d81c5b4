import { findPortalConfiguration } from '../../domain/stripe/setup.ts';
import type { Call } from '../_shared/http.ts';
import { customerRegister, readContext } from './context.ts';
import type { BillingDeps } from './deps.ts';
import { noPaidPlan } from './live.ts';

/** POST /portal. The address of Stripe's own page for cards, invoices and billing address. */
export async function openPortal(deps: BillingDeps, call: Call): Promise<Response> {
  const context = await readContext(deps.userClient(call));
  const stripe = deps.stripe();
  const customer = await customerRegister(deps.serviceClient(call)).find(context.tenant.id);
  if (!customer) throw noPaidPlan();
  const configuration = await findPortalConfiguration(stripe);
  const session = await stripe.billingPortal.sessions.create({
    customer,
    ...(configuration && { configuration }),
    return_url: new URL('/billing', deps.appUrl).href,
  });
  return Response.json({ url: session.url });
}

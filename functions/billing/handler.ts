import { createHandler, type Handler, type Routes } from '../_shared/http.ts';
import { cancelPlan, reactivatePlan } from './cancel.ts';
import { changePlan } from './change.ts';
import { openCheckout } from './checkout.ts';
import type { BillingDeps } from './deps.ts';
import { explainStripe } from './explain.ts';
import { openPortal } from './portal.ts';
import { previewPlan } from './preview.ts';

/** What an Owner does about money: each route asks the database as the caller, then Stripe; what Stripe did comes back by webhook. */
export function createBillingHandler(deps: BillingDeps): (request: Request) => Promise<Response> {
  const routes: Routes = {
    'POST /checkout': (call) => openCheckout(deps, call),
    'POST /portal': (call) => openPortal(deps, call),
    'POST /preview': (call) => previewPlan(deps, call),
    'POST /change': (call) => changePlan(deps, call),
    'POST /cancel': (call) => cancelPlan(deps, call),
    'POST /reactivate': (call) => reactivatePlan(deps, call),
  };
  const explained = Object.entries(routes).map(([route, handler]) => [route, explaining(handler)]);
  return createHandler('billing', Object.fromEntries(explained) as Routes);
}

function explaining(handler: Handler): Handler {
  return async (call) => {
    try {
      return await handler(call);
    } catch (thrown) {
      throw explainStripe(thrown);
    }
  };
}

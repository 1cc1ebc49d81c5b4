import { type Context, Hono } from 'hono';
import type { Account } from '../account.ts';
import { ApiError } from '../api/errors.ts';
import { completeCheckout, needsConfirmation } from '../billing/complete-checkout.ts';
import { money } from '../billing/lines.ts';
import { readCard } from './card-fields.ts';
import { checkoutPage, confirmationPage } from './checkout-page.ts';
import { messagePage } from './layout.ts';

export const notConfirmed =
  'We are unable to authenticate your payment method. Please choose a different payment method and try again.';

/** The page at a session's `url`: plain forms, no script. */
export function checkoutPages(account: Account): Hono {
  const app = new Hono();
  app.get('/c/pay/:id', (context) => show(context, account));
  app.post('/c/pay/:id', async (context) => {
    const form = new URLSearchParams(await context.req.text());
    const session = account.store.find('checkout.session', context.req.param('id'));
    if (session?.status !== 'open') return show(context, account);
    const total = session.amount_total ?? 0;
    const asksCard = total > 0 || session.payment_method_collection === 'always';
    const card = asksCard ? readCard(form, account.now()) : undefined;
    if (typeof card === 'string') return context.html(checkoutPage(account, session, form, card), 402);
    const confirmation = form.get('confirmation');
    if (confirmation === 'fail') return context.html(checkoutPage(account, session, form, notConfirmed), 402);
    if (needsConfirmation(card) && confirmation !== 'complete')
      return context.html(confirmationPage(money(total, session.currency ?? 'eur'), [...form]));
    const payer = {
      email: form.get('email') ?? '',
      name: form.get('name') ?? '',
      country: form.get('country') ?? '',
      postalCode: form.get('postal_code') ?? '',
      card,
    };
    if (!/^[^@\s]+@[^@\s]+$/.test(payer.email))
      return context.html(checkoutPage(account, session, form, 'Your email is invalid.'), 402);
    try {
      completeCheckout(account, session.id, payer, confirmation === 'complete');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return context.html(checkoutPage(account, session, form, error.message), 402);
    }
    account.store.flush();
    return context.redirect((session.success_url ?? '/').replaceAll('{CHECKOUT_SESSION_ID}', session.id), 303);
  });
  return app;
}

function show(context: Context, account: Account): Response | Promise<Response> {
  const session = account.store.find('checkout.session', context.req.param('id'));
  if (!session) return context.html(messagePage('Nothing here', 'This checkout does not exist.'), 404);
  if (session.status === 'complete')
    return context.html(messagePage('All done', 'This checkout has been completed. You can close this page.'));
  if (session.status === 'expired')
    return context.html(messagePage('Too late', 'This checkout has expired. Go back and begin again.'), 410);
  return context.html(checkoutPage(account, session, new URLSearchParams()));
}

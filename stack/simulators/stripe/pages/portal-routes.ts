import { Hono } from 'hono';
import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { ApiError, invalid } from '../api/errors.ts';
import { attachCard, enterCard, useCard } from '../billing/cards.ts';
import { changeSubscription } from '../billing/change.ts';
import { collect } from '../billing/collect.ts';
import { readCard } from './card-fields.ts';
import { messagePage } from './layout.ts';
import { portalPage } from './portal-page.ts';
import { periodEnd } from '../objects/subscription.ts';

type Session = Stripe.BillingPortal.Session;

/** The customer portal: each form does one thing and leads back to the page. */
export function portalPages(account: Account): Hono {
  const app = new Hono();
  app.get('/p/session/:id', (context) => {
    const session = account.store.find('billing_portal.session', context.req.param('id'));
    return session
      ? context.html(portalPage(account, session))
      : context.html(messagePage('Nothing here', 'This portal session does not exist.'), 404);
  });
  app.post('/p/session/:id', async (context) => {
    const session = account.store.find('billing_portal.session', context.req.param('id'));
    if (!session) return context.html(messagePage('Nothing here', 'This portal session does not exist.'), 404);
    const form = new URLSearchParams(await context.req.text());
    try {
      account.store.atomically(() => act(account, session, form));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return context.html(portalPage(account, session, error.message), 402);
    }
    account.store.flush();
    return context.redirect(session.url, 303);
  });
  return app;
}

function act(account: Account, session: Session, form: URLSearchParams): void {
  if (form.get('act') === 'card') return saveCard(account, session, form);
  const subscription = account.get('subscription', form.get('subscription') ?? '');
  if (subscription.customer !== session.customer) throw invalid('This subscription belongs to somebody else.');
  switch (form.get('act')) {
    case 'cancel':
      return change(account, subscription.id, {
        cancel_at_period_end: true,
        cancel_at: periodEnd(subscription.items.data),
        canceled_at: account.now(),
        cancellation_details: {
          comment: form.get('comment') || null,
          feedback: form.get('feedback') || null,
          feedback_option: null,
          reason: 'cancellation_requested',
        },
      });
    case 'resume':
      return change(account, subscription.id, {
        cancel_at_period_end: false,
        cancel_at: null,
        canceled_at: null,
        cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
      });
    case 'change':
      return change(account, subscription.id, {}, form.get('price') ?? '');
    default:
      throw invalid('Unknown action.');
  }
}

function change(account: Account, id: string, fields: Partial<Stripe.Subscription>, price?: string): void {
  const [item] = account.get('subscription', id).items.data;
  changeSubscription(account, id, {
    ...(price !== undefined && { items: [{ id: item!.id, price }] }),
    prorationBehavior: 'always_invoice',
    paymentBehavior: 'error_if_incomplete',
    fields,
  });
}

/** The new card is for everything from now on; what is overdue is tried with it at once, as Stripe's portal does. */
function saveCard(account: Account, session: Session, form: URLSearchParams): void {
  const card = readCard(form, account.now());
  if (typeof card === 'string') throw invalid(card);
  const { id } = attachCard(account, enterCard(account, card).id, session.customer);
  // The owner is here, and agreed to later charges when saving it.
  account.store.put('card', { ...account.get('card', id), confirmed: true });
  useCard(account, session.customer, id);
  for (const subscription of account.store.all('subscription')) {
    if (subscription.customer !== session.customer || subscription.ended_at !== null) continue;
    if (subscription.default_payment_method)
      account.change('subscription', subscription.id, { default_payment_method: id }, 'customer.subscription.updated');
    const latest = account.store.find(
      'invoice',
      subscription.latest_invoice ? String(subscription.latest_invoice) : undefined,
    );
    if (latest?.status === 'open' && latest.amount_due > 0) collect(account, latest.id, { onSession: true });
  }
}

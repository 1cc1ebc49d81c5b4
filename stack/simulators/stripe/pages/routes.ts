import { html } from 'hono/html';
import { Hono } from 'hono';
import type { Account } from '../account.ts';
import { checkoutPages } from './checkout-routes.ts';
import { invoicePages } from './invoice-pages.ts';
import { document } from './layout.ts';
import { portalPages } from './portal-routes.ts';

/** Everything that people see. */
export function pageRoutes(account: Account): Hono {
  const app = new Hono();
  app.get('/', (context) => {
    const count = (kind: 'customer' | 'subscription' | 'invoice') => account.store.all(kind).length;
    return context.html(
      document(
        'Stripe of the demo',
        html`<section class="card">
          <h1>Stripe of the demo</h1>
          <p class="soft">Stands in for Stripe, so that everything can be tried without an account.</p>
          <div class="row"><span>Its time</span><span>${new Date(account.now() * 1_000).toISOString()}</span></div>
          <div class="row"><span>Customers</span><span>${count('customer')}</span></div>
          <div class="row"><span>Subscriptions</span><span>${count('subscription')}</span></div>
          <div class="row"><span>Invoices</span><span>${count('invoice')}</span></div>
        </section>`,
        'narrow',
      ),
    );
  });
  for (const pages of [checkoutPages, portalPages, invoicePages]) app.route('/', pages(account));
  return app;
}

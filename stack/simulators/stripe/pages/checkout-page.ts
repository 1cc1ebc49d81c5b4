import { html } from 'hono/html';
import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { dayOf, money, rate } from '../billing/lines.ts';
import { noteOf } from '../billing/notes.ts';
import { trialEndFrom } from '../billing/subscribe.ts';
import { cardFields } from './card-fields.ts';
import { document, type Markup } from './layout.ts';

const countries: [string, string][] = [
  ['DE', 'Germany'],
  ['AT', 'Austria'],
  ['CH', 'Switzerland'],
  ['FR', 'France'],
  ['ES', 'Spain'],
  ['GB', 'United Kingdom'],
  ['US', 'United States'],
];

/** What is bought on one side, who pays on the other. */
export function checkoutPage(
  account: Account,
  session: Stripe.Checkout.Session,
  given: URLSearchParams,
  error?: string,
): Markup {
  const customer = account.store.find('customer', session.customer ? String(session.customer) : undefined);
  const known = customer && !customer.deleted ? customer : undefined;
  const email = known?.email ?? session.customer_email;
  const items = session.line_items?.data ?? [];
  const currency = session.currency ?? 'eur';
  const total = session.amount_total ?? 0;
  const trialEnd = trialEndFrom(account, noteOf(account, session.id).checkout ?? {});
  const asksCard = total > 0 || session.payment_method_collection === 'always';
  return document(
    'Checkout',
    html`<section>
        <p class="soft">Subscribe to</p>
        <h1>${items.map(({ description }) => description).join(', ')}</h1>
        <p class="big">${money(total, currency)} <span class="tag">due today</span></p>
        ${items.map(
          (item) =>
            html`<div class="row">
              <span>${item.quantity} × ${item.description}</span><span>${item.price ? rate(item.price) : ''}</span>
            </div>`,
        )}
        ${trialEnd === undefined ? '' : html`<p class="soft">Free until ${dayOf(trialEnd)}.</p>`}
        ${session.cancel_url ? html`<p><a href="${session.cancel_url}">Back without paying</a></p>` : ''}
      </section>
      <section class="card">
        <h2>Pay with card</h2>
        <form method="post">
          ${error === undefined ? '' : html`<p class="error" role="alert">${error}</p>`}
          <label>
            Email
            <input
              name="email"
              type="email"
              autocomplete="off"
              value="${email ?? given.get('email') ?? ''}"
              ${email ? html`readonly` : ''}
              required
            />
          </label>
          ${asksCard ? cardFields() : ''}
          <label
            >Name on card<input
              name="name"
              autocomplete="off"
              value="${given.get('name') ?? known?.name ?? ''}"
              required
          /></label>
          <div class="pair">
            <label>
              Country
              <select name="country">
                ${countries.map(([code, name]) => {
                  const chosen = code === (given.get('country') ?? known?.address?.country);
                  return html`<option value="${code}" ${chosen ? html`selected` : ''}>${name}</option>`;
                })}
              </select>
            </label>
            <label>
              Postal code
              <input
                name="postal_code"
                autocomplete="off"
                value="${given.get('postal_code') ?? known?.address?.postal_code ?? ''}"
              />
            </label>
          </div>
          <button class="main wide">${total > 0 ? `Subscribe for ${money(total, currency)}` : 'Start trial'}</button>
          <p class="soft">The subscription renews by itself until it is cancelled.</p>
        </form>
      </section>`,
    'two',
  );
}

/** The bank's page: the owner of the card says yes or no. */
export function confirmationPage(amount: string, hidden: [string, string][]): Markup {
  return document(
    '3-D Secure',
    html`<section class="card">
      <h1>Confirm your payment</h1>
      <p class="soft">This plays the page of a bank that asks the owner of the card.</p>
      <p class="big">${amount}</p>
      <form method="post">
        ${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
        <div class="actions">
          <button class="main" name="confirmation" value="complete">Complete authentication</button>
          <button name="confirmation" value="fail">Fail authentication</button>
        </div>
      </form>
    </section>`,
    'narrow',
  );
}

import { html } from 'hono/html';
import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { dayOf, money, productName, rate } from '../billing/lines.ts';
import { periodEnd } from '../objects/subscription.ts';
import { cardFields } from './card-fields.ts';
import { document, type Markup } from './layout.ts';

const reasons: [string, string][] = [
  ['', 'Rather not say'],
  ['too_expensive', 'It is too expensive'],
  ['missing_features', 'Features are missing'],
  ['switched_service', 'I use another service'],
  ['unused', 'I do not use it'],
  ['other', 'Other'],
];

/** One page for all that a customer may do: plan, card, cancellation, invoices. Every action is a form. */
export function portalPage(account: Account, session: Stripe.BillingPortal.Session, error?: string): Markup {
  const customer = account.customer(session.customer);
  const { features } = account.get('billing_portal.configuration', String(session.configuration));
  const subscriptions = account.store
    .all('subscription')
    .filter((one) => one.customer === customer.id && !['canceled', 'incomplete_expired'].includes(String(one.status)));
  const method = account.store.find('payment_method', cardOf(customer, subscriptions[0]));
  const invoices = account.store
    .all('invoice')
    .filter(({ customer: of, status }) => of === customer.id && status !== 'draft')
    .reverse();
  return document(
    'Billing',
    html`<section>
        <h1>Billing of ${customer.name ?? customer.email ?? customer.id}</h1>
        ${session.return_url ? html`<p><a href="${session.return_url}">Return to Glyphoxa</a></p>` : ''}
        ${error === undefined ? '' : html`<p class="error" role="alert">${error}</p>`}
      </section>
      ${subscriptions.map((one) => subscriptionCard(account, one, features))}
      ${subscriptions.length === 0 ? html`<section class="card"><p class="soft">No subscription runs.</p></section>` : ''}
      ${
        features.payment_method_update.enabled
          ? html`<section class="card">
              <h2>Payment method</h2>
              <p>${method?.card ? `${method.card.brand} •••• ${method.card.last4}` : 'No card yet.'}</p>
              <form method="post">
                ${cardFields()}
                <div class="actions"><button class="main" name="act" value="card">Save this card</button></div>
              </form>
            </section>`
          : ''
      }
      ${features.invoice_history.enabled ? invoiceTable(invoices) : ''}`,
    'narrow',
  );
}

function cardOf(customer: Stripe.Customer, subscription: Stripe.Subscription | undefined): string | undefined {
  const found = subscription?.default_payment_method ?? customer.invoice_settings.default_payment_method;
  return found ? String(found) : undefined;
}

function subscriptionCard(
  account: Account,
  subscription: Stripe.Subscription,
  features: Stripe.BillingPortal.Configuration.Features,
): Markup {
  const item = subscription.items.data[0]!;
  const end = dayOf(subscription.cancel_at ?? periodEnd(subscription.items.data));
  const ends = subscription.cancel_at !== null;
  const hidden = html`<input type="hidden" name="subscription" value="${subscription.id}" />`;
  const choices = account.store
    .all('price')
    .filter((price) => price.active && price.recurring && price.currency === subscription.currency);
  return html`<section class="card">
    <h2>${productName(account, item.price)} <span class="tag">${subscription.status}</span></h2>
    <p>${rate(item.price)} · ${ends ? `ends on ${end}` : `renews on ${end}`}</p>
    ${
      features.subscription_update.enabled && !subscription.schedule
        ? html`<details>
            <summary>Change plan</summary>
            <form method="post">
              ${hidden}
              <fieldset>
                ${choices.map(
                  (price) =>
                    html`<label class="choice">
                      <input
                        type="radio"
                        name="price"
                        value="${price.id}"
                        ${price.id === item.price.id ? html`checked` : ''}
                      />
                      <span>${productName(account, price)}</span><span>${rate(price)}</span>
                    </label>`,
                )}
              </fieldset>
              <div class="actions"><button class="main" name="act" value="change">Change plan</button></div>
            </form>
          </details>`
        : ''
    }
    ${
      ends
        ? html`<form method="post">
            ${hidden}
            <div class="actions"><button class="main" name="act" value="resume">Keep the subscription</button></div>
          </form>`
        : features.subscription_cancel.enabled && !subscription.schedule
          ? html`<details>
              <summary>Cancel</summary>
              <form method="post">
                ${hidden}
                <label>
                  Why?
                  <select name="feedback">
                    ${reasons.map(([value, text]) => html`<option value="${value}">${text}</option>`)}
                  </select>
                </label>
                <label>Anything else?<textarea name="comment" rows="2"></textarea></label>
                <div class="actions"><button name="act" value="cancel">Cancel on ${end}</button></div>
              </form>
            </details>`
          : ''
    }
  </section>`;
}

function invoiceTable(invoices: Stripe.Invoice[]): Markup {
  return html`<section class="card">
    <h2>Invoices</h2>
    ${invoices.length === 0 ? html`<p class="soft">None yet.</p>` : ''}
    <table>
      <tbody>
        ${invoices.map(
          (one) =>
            html`<tr>
              <td><a href="${one.hosted_invoice_url}">${one.number}</a></td>
              <td>${dayOf(one.created)}</td>
              <td>${one.status}</td>
              <td class="num">${money(one.total, one.currency)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

import { html } from 'hono/html';
import { type Context, Hono } from 'hono';
import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { ApiError } from '../api/errors.ts';
import { attachCard, enterCard, useCard } from '../billing/cards.ts';
import { collect } from '../billing/collect.ts';
import { dayOf, money } from '../billing/lines.ts';
import { noteOf } from '../billing/notes.ts';
import { cardFields, readCard } from './card-fields.ts';
import { confirmationPage } from './checkout-page.ts';
import { notConfirmed } from './checkout-routes.ts';
import { document, type Markup, messagePage } from './layout.ts';
import { pdf } from './pdf.ts';

/** Where an invoice is seen, downloaded, paid and confirmed. */
export function invoicePages(account: Account): Hono {
  const app = new Hono();
  app.get('/i/:id', (context) => withInvoice(context, account, (invoice) => context.html(invoicePage(invoice))));
  app.get('/i/:id/pdf', (context) =>
    withInvoice(context, account, (invoice) => {
      const headers = {
        'content-type': 'application/pdf',
        'content-disposition': `inline; filename="${invoice.number}.pdf"`,
      };
      return new Response(pdf(textOf(invoice)), { headers });
    }),
  );
  app.post('/i/:id', async (context) => {
    const form = new URLSearchParams(await context.req.text());
    return withInvoice(context, account, (invoice) => pay(context, account, invoice, form));
  });
  app.get('/3ds/:id', (context) =>
    withInvoice(context, account, (invoice) =>
      context.html(confirmationPage(money(invoice.amount_due, invoice.currency), [])),
    ),
  );
  app.post('/3ds/:id', async (context) => {
    const answer = new URLSearchParams(await context.req.text()).get('confirmation');
    return withInvoice(context, account, (invoice) => {
      if (invoice.status !== 'open') return context.redirect(invoice.hosted_invoice_url!, 303);
      if (answer !== 'complete') return context.html(invoicePage(invoice, notConfirmed), 402);
      const card = noteOf(account, invoice.id).unconfirmed_card;
      account.store.atomically(() =>
        collect(account, invoice.id, { paymentMethod: card, confirmed: true, onSession: true }),
      );
      account.store.flush();
      return context.redirect(invoice.hosted_invoice_url!, 303);
    });
  });
  app.get('/receipts/:id', (context) => {
    const charge = account.store.find('charge', context.req.param('id'));
    if (!charge) return context.html(messagePage('Nothing here', 'This receipt does not exist.'), 404);
    const text = `${money(charge.amount, charge.currency)} paid on ${dayOf(charge.created)}.`;
    return context.html(messagePage('Receipt', text));
  });
  return app;
}

function withInvoice(
  context: Context,
  account: Account,
  show: (invoice: Stripe.Invoice) => Response | Promise<Response>,
): Response | Promise<Response> {
  const invoice = account.store.find('invoice', context.req.param('id'));
  if (!invoice?.hosted_invoice_url)
    return context.html(messagePage('Nothing here', 'This invoice does not exist.'), 404);
  return show(invoice);
}

function pay(
  context: Context,
  account: Account,
  invoice: Stripe.Invoice,
  form: URLSearchParams,
): Response | Promise<Response> {
  if (invoice.status !== 'open') return context.redirect(invoice.hosted_invoice_url!, 303);
  const card = readCard(form, account.now());
  if (typeof card === 'string') return context.html(invoicePage(invoice, card), 402);
  try {
    const outcome = account.store.atomically(() => {
      const { id } = attachCard(account, enterCard(account, card).id, String(invoice.customer));
      const result = collect(account, invoice.id, { paymentMethod: id, onSession: true });
      if (result.kind === 'paid') useCard(account, String(invoice.customer), id);
      return result;
    });
    account.store.flush();
    if (outcome.kind === 'unconfirmed') return context.redirect(`${account.settings.baseUrl}/3ds/${invoice.id}`, 303);
    if (outcome.kind === 'declined') return context.html(invoicePage(invoice, outcome.decline.message), 402);
    return context.redirect(invoice.hosted_invoice_url!, 303);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return context.html(invoicePage(invoice, error.message), 402);
  }
}

function invoicePage(invoice: Stripe.Invoice, error?: string): Markup {
  return document(
    `Invoice ${invoice.number}`,
    html`<section class="card">
        <h1>Invoice ${invoice.number} <span class="tag">${invoice.status}</span></h1>
        <p class="soft">
          ${invoice.customer_name ?? ''} ${invoice.customer_email ?? ''}<br />${dayOf(invoice.created)} ·
          <a href="${invoice.invoice_pdf}">PDF</a>
        </p>
        <table>
          <thead>
            <tr>
              <th>Description</th>
              <th class="num">Amount</th>
            </tr>
          </thead>
          <tbody>
            ${invoice.lines.data.map(
              (line) =>
                html`<tr>
                  <td>
                    ${line.description}<br /><span class="soft"
                      >${dayOf(line.period.start)} – ${dayOf(line.period.end)}</span
                    >
                  </td>
                  <td class="num">${money(line.amount, line.currency)}</td>
                </tr>`,
            )}
            ${totals(invoice).map(
              ([name, amount]) =>
                html`<tr>
                  <td>${name}</td>
                  <td class="num">${amount}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </section>
      ${
        invoice.status === 'open'
          ? html`<section class="card">
              <h2>Pay ${money(invoice.amount_due, invoice.currency)}</h2>
              <form method="post">
                ${error === undefined ? '' : html`<p class="error" role="alert">${error}</p>`} ${cardFields()}
                <button class="main wide">Pay</button>
              </form>
            </section>`
          : ''
      }`,
    'narrow',
  );
}

function totals(invoice: Stripe.Invoice): [string, string][] {
  const { currency, starting_balance: before, ending_balance: after } = invoice;
  const credit = before - (after ?? 0);
  return [
    ['Total', money(invoice.total, currency)],
    ...(credit < 0 ? ([['Applied credit', money(credit, currency)]] as [string, string][]) : []),
    ['Amount due', money(invoice.amount_due, currency)],
    ['Amount paid', money(invoice.amount_paid, currency)],
  ];
}

function textOf(invoice: Stripe.Invoice): string[] {
  return [
    `Invoice ${invoice.number} (simulation, not a tax document)`,
    `Date: ${dayOf(invoice.created)}    Status: ${invoice.status}`,
    `To: ${invoice.customer_name ?? ''} ${invoice.customer_email ?? ''}`,
    '',
    ...invoice.lines.data.map((line) => `${line.description}    ${money(line.amount, line.currency)}`),
    '',
    ...totals(invoice).map(([name, amount]) => `${name}: ${amount}`),
  ];
}

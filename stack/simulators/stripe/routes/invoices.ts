import { z } from 'zod';
import { invalid } from '../api/errors.ts';
import { page } from '../api/list.ts';
import { clearable, expand, flag, mergeMetadata, metadata, paging, range, text } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { collect, markPaid, paymentError } from '../billing/collect.ts';
import { finalize, markUncollectible, subscriptionOf, voidInvoice } from '../billing/invoicing.ts';
import { previewInvoice, previewSchema } from '../billing/preview.ts';

export const invoiceRoutes = [
  route('POST', '/v1/invoices/create_preview', previewSchema, ({ account, parameters }) =>
    previewInvoice(account, parameters),
  ),
  route('GET', '/v1/invoices/:id', z.strictObject({ expand }), ({ account, path }) =>
    account.get('invoice', path['id']!),
  ),
  route(
    'POST',
    '/v1/invoices/:id',
    z.strictObject({
      metadata: metadata.optional(),
      description: clearable.optional(),
      footer: clearable.optional(),
      auto_advance: flag.optional(),
      default_payment_method: clearable.optional(),
      expand,
    }),
    ({ account, path, parameters: { expand: _, metadata: labels, ...fields } }) => {
      const invoice = account.get('invoice', path['id']!);
      const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
      return account.change(
        'invoice',
        invoice.id,
        { ...given, metadata: mergeMetadata(invoice.metadata, labels) },
        'invoice.updated',
      );
    },
  ),
  route('GET', '/v1/invoices/:id/lines', z.strictObject(paging), ({ account, path, parameters }) => {
    const { id, lines } = account.get('invoice', path['id']!);
    return page([...lines.data].reverse(), parameters, `/v1/invoices/${id}/lines`);
  }),
  route(
    'GET',
    '/v1/invoices',
    z.strictObject({
      ...paging,
      customer: text.optional(),
      subscription: text.optional(),
      status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']).optional(),
      collection_method: text.optional(),
      created: range.optional(),
      due_date: range.optional(),
    }),
    ({ account, parameters }) => {
      const { customer, subscription, status, collection_method: method } = parameters;
      const found = account.store
        .all('invoice')
        .filter(
          (invoice) =>
            (customer ?? invoice.customer) === invoice.customer &&
            (subscription === undefined || subscriptionOf(account, invoice)?.id === subscription) &&
            (status ?? invoice.status) === invoice.status &&
            (method ?? invoice.collection_method) === invoice.collection_method,
        );
      return page(found, parameters, '/v1/invoices');
    },
  ),
  route(
    'POST',
    '/v1/invoices/:id/finalize',
    z.strictObject({ auto_advance: flag.optional(), expand }),
    ({ account, path, parameters }) => {
      const { id } = account.get('invoice', path['id']!);
      if (parameters.auto_advance !== undefined)
        account.change('invoice', id, { auto_advance: parameters.auto_advance });
      return finalize(account, id);
    },
  ),
  route(
    'POST',
    '/v1/invoices/:id/pay',
    z.strictObject({
      payment_method: text.optional(),
      paid_out_of_band: flag.optional(),
      off_session: flag.optional(),
      forgive: flag.optional(),
      expand,
    }),
    ({ account, path, parameters: given }) => {
      const invoice = account.get('invoice', path['id']!);
      if (invoice.status === 'paid') throw invalid('Invoice is already paid', { code: 'invoice_already_paid' });
      if (invoice.status === 'void') throw invalid('This invoice can no longer be paid');
      if (invoice.status === 'draft') finalize(account, invoice.id);
      if (given.paid_out_of_band) return markPaid(account, invoice.id, true);
      if (given.payment_method) account.get('payment_method', given.payment_method, 'payment_method');
      const outcome = collect(account, invoice.id, { paymentMethod: given.payment_method, onSession: true });
      if (outcome.kind !== 'paid') throw paymentError(account, invoice.id, outcome, true);
      return account.get('invoice', invoice.id);
    },
  ),
  route('POST', '/v1/invoices/:id/void', z.strictObject({ expand }), ({ account, path }) =>
    voidInvoice(account, account.get('invoice', path['id']!).id),
  ),
  route('POST', '/v1/invoices/:id/mark_uncollectible', z.strictObject({ expand }), ({ account, path }) =>
    markUncollectible(account, account.get('invoice', path['id']!).id),
  ),
  route('POST', '/v1/invoices/:id/send', z.strictObject({ expand }), ({ account, path }) => {
    const invoice = account.get('invoice', path['id']!);
    const sent = invoice.status === 'draft' ? finalize(account, invoice.id) : invoice;
    account.tell('invoice.sent', sent);
    return sent;
  }),
  route(
    'GET',
    '/v1/invoice_payments',
    z.strictObject({
      ...paging,
      invoice: text.optional(),
      status: z.enum(['open', 'paid', 'canceled']).optional(),
      payment: z.strictObject({ type: z.literal('payment_intent'), payment_intent: text }).optional(),
    }),
    ({ account, parameters }) => {
      const found = account.store
        .all('invoice_payment')
        .filter(
          ({ invoice, status, payment }) =>
            (parameters.invoice ?? invoice) === invoice &&
            (parameters.status ?? status) === status &&
            (parameters.payment?.payment_intent ?? payment.payment_intent) === payment.payment_intent,
        );
      return page(found, parameters, '/v1/invoice_payments');
    },
  ),
  route('GET', '/v1/invoice_payments/:id', z.strictObject({ expand }), ({ account, path }) =>
    account.get('invoice_payment', path['id']!),
  ),
];

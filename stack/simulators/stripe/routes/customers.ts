import type Stripe from 'stripe';
import { z } from 'zod';
import { page } from '../api/list.ts';
import {
  clearable,
  defined,
  expand,
  ignored,
  integer,
  mergeMetadata,
  metadata,
  paging,
  range,
  text,
} from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { searched } from '../api/search.ts';
import { attachCard, useCard } from '../billing/cards.ts';
import { endSubscription } from '../billing/ending.ts';
import { address } from '../objects/cards.ts';
import { customer } from '../objects/customer.ts';

const addressFields = z.union([
  z.literal(''),
  z.strictObject({
    city: text.optional(),
    country: text.optional(),
    line1: text.optional(),
    line2: text.optional(),
    postal_code: text.optional(),
    state: text.optional(),
  }),
]);

const fields = {
  name: clearable.optional(),
  email: clearable.optional(),
  phone: clearable.optional(),
  description: clearable.optional(),
  address: addressFields.optional(),
  balance: integer.optional(),
  invoice_settings: z
    .strictObject({ default_payment_method: clearable.optional(), footer: clearable.optional() })
    .optional(),
  preferred_locales: z.array(text).optional(),
  tax_exempt: z.enum(['none', 'exempt', 'reverse']).optional(),
  metadata: metadata.optional(),
  tax: ignored.optional(),
  expand,
};

const schema = z.strictObject(fields);

function newFields(given: z.output<typeof schema>, before?: Stripe.Customer): Partial<Stripe.Customer> {
  const { expand: _, tax: _tax, address: place, metadata: labels, invoice_settings: settings, ...plain } = given;
  return {
    ...defined(plain),
    ...(place !== undefined && { address: place === '' ? null : address(defined(place)) }),
    ...(labels !== undefined && { metadata: mergeMetadata(before?.metadata ?? {}, labels) }),
    ...(settings?.footer !== undefined &&
      before && { invoice_settings: { ...before.invoice_settings, footer: settings.footer } }),
  };
}

export const customerRoutes = [
  route(
    'POST',
    '/v1/customers',
    z.strictObject({ ...fields, payment_method: text.optional() }),
    ({ account, parameters: { payment_method: method, ...given } }) => {
      const id = account.newId('customer');
      account.create('customer', customer(id, account.now(), newFields(given)), 'customer.created');
      if (method) attachCard(account, method, id);
      const standard = given.invoice_settings?.default_payment_method;
      if (standard) useCard(account, id, standard);
      return account.get('customer', id);
    },
  ),
  route(
    'GET',
    '/v1/customers/search',
    z.strictObject({ query: text, limit: integer.optional(), page: text.optional(), expand }),
    ({ account, parameters }) => {
      const living = account.store.all('customer').filter((one) => !one.deleted);
      return searched(living, parameters, '/v1/customers/search');
    },
  ),
  route('GET', '/v1/customers/:id', z.strictObject({ expand }), ({ account, path }) =>
    account.get('customer', path['id']!),
  ),
  route('POST', '/v1/customers/:id', schema, ({ account, path, parameters: given }) => {
    const before = account.customer(path['id']!);
    const standard = given.invoice_settings?.default_payment_method;
    account.change('customer', before.id, newFields(given, before), 'customer.updated');
    if (standard !== undefined) useCard(account, before.id, standard);
    return account.get('customer', before.id);
  }),
  route('DELETE', '/v1/customers/:id', z.strictObject({}), ({ account, path }) => {
    const { id, ...before } = account.customer(path['id']!);
    for (const subscription of account.store.all('subscription'))
      if (subscription.customer === id && !subscription.ended_at)
        endSubscription(account, subscription.id, { reason: 'cancellation_requested' });
    account.store.put('customer', { id, object: 'customer', deleted: true });
    account.tell('customer.deleted', { id, ...before });
    return { id, object: 'customer', deleted: true };
  }),
  route(
    'GET',
    '/v1/customers',
    z.strictObject({ ...paging, email: text.optional(), created: range.optional() }),
    ({ account, parameters }) => {
      const found = account.store
        .all('customer')
        .filter((one) => !one.deleted && (parameters.email ?? one.email) === one.email);
      return page(found, parameters, '/v1/customers');
    },
  ),
];

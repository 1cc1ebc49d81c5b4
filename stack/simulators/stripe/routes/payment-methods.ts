import { z } from 'zod';
import { page } from '../api/list.ts';
import { defined, expand, integer, mergeMetadata, metadata, paging, text } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { invalid } from '../api/errors.ts';
import { attachCard, detachCard, enterCard } from '../billing/cards.ts';
import { isCardNumber } from '../objects/cards.ts';

const billingDetails = z.object({ name: text.optional(), email: text.optional(), phone: text.optional() }).optional();

export const paymentMethodRoutes = [
  route(
    'POST',
    '/v1/payment_methods',
    z.strictObject({
      type: z.literal('card'),
      card: z.strictObject({ number: text, exp_month: integer, exp_year: integer, cvc: text.optional() }),
      billing_details: billingDetails,
      metadata: metadata.optional(),
      expand,
    }),
    ({ account, parameters: { card, billing_details: person } }) => {
      if (!isCardNumber(card.number))
        throw invalid('Your card number is incorrect.', { code: 'incorrect_number', param: 'card[number]' });
      return enterCard(account, {
        number: card.number,
        expMonth: card.exp_month,
        expYear: card.exp_year,
        name: person?.name ?? null,
        email: person?.email ?? null,
      });
    },
  ),
  route('GET', '/v1/payment_methods/:id', z.strictObject({ expand }), ({ account, path }) =>
    account.get('payment_method', path['id']!),
  ),
  route(
    'POST',
    '/v1/payment_methods/:id',
    z.strictObject({ metadata: metadata.optional(), billing_details: billingDetails, expand }),
    ({ account, path, parameters: given }) => {
      const method = account.get('payment_method', path['id']!);
      return account.change(
        'payment_method',
        method.id,
        {
          metadata: mergeMetadata(method.metadata, given.metadata),
          billing_details: { ...method.billing_details, ...defined(given.billing_details ?? {}) },
        },
        'payment_method.updated',
      );
    },
  ),
  route(
    'POST',
    '/v1/payment_methods/:id/attach',
    z.strictObject({ customer: text, expand }),
    ({ account, path, parameters }) => attachCard(account, path['id']!, parameters.customer),
  ),
  route('POST', '/v1/payment_methods/:id/detach', z.strictObject({ expand }), ({ account, path }) =>
    detachCard(account, path['id']!),
  ),
  route(
    'GET',
    '/v1/payment_methods',
    z.strictObject({ ...paging, customer: text.optional(), type: text.optional() }),
    ({ account, parameters }) => {
      const { customer } = parameters;
      const found = account.store
        .all('payment_method')
        .filter((method) => (customer === undefined ? method.customer !== null : method.customer === customer));
      return page(found, parameters, '/v1/payment_methods');
    },
  ),
  route(
    'GET',
    '/v1/customers/:id/payment_methods',
    z.strictObject({ ...paging, type: text.optional() }),
    ({ account, path, parameters }) => {
      const { id } = account.customer(path['id']!);
      const found = account.store.all('payment_method').filter((method) => method.customer === id);
      return page(found, parameters, `/v1/customers/${id}/payment_methods`);
    },
  ),
];

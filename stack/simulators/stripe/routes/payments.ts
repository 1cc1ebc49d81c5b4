import { z } from 'zod';
import type { Account } from '../account.ts';
import { invalid } from '../api/errors.ts';
import { page } from '../api/list.ts';
import { expand, integer, mergeMetadata, metadata, paging, range, text } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { refund } from '../objects/payments.ts';

const refundSchema = z.strictObject({
  charge: text.optional(),
  payment_intent: text.optional(),
  amount: integer.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: metadata.optional(),
  expand,
});

function createRefund(account: Account, given: z.output<typeof refundSchema>): object {
  const intent =
    given.payment_intent === undefined
      ? undefined
      : account.get('payment_intent', given.payment_intent, 'payment_intent');
  const chargeId = given.charge ?? (intent?.latest_charge ? String(intent.latest_charge) : undefined);
  if (chargeId === undefined)
    throw invalid('One of the following params should be provided for this request: payment_intent or charge.', {
      code: 'parameter_missing',
    });
  const charge = account.get('charge', chargeId, 'charge');
  if (charge.status !== 'succeeded') throw invalid(`Charge ${charge.id} was not successful, so it cannot be refunded.`);
  const left = charge.amount - charge.amount_refunded;
  if (left === 0) throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  const amount = given.amount ?? left;
  if (amount < 1) throw invalid('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' });
  if (amount > left)
    throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, {
      param: 'amount',
    });
  const made = account.create(
    'refund',
    refund(account.newId('refund'), account.now(), charge, {
      amount,
      reason: given.reason ?? null,
      metadata: mergeMetadata({}, given.metadata),
    }),
    'refund.created',
  );
  account.change(
    'charge',
    charge.id,
    { amount_refunded: charge.amount_refunded + amount, refunded: amount === left },
    'charge.refunded',
  );
  return made;
}

export const paymentRoutes = [
  route('POST', '/v1/refunds', refundSchema, ({ account, parameters }) => createRefund(account, parameters)),
  route('GET', '/v1/refunds/:id', z.strictObject({ expand }), ({ account, path }) =>
    account.get('refund', path['id']!),
  ),
  route(
    'GET',
    '/v1/refunds',
    z.strictObject({ ...paging, charge: text.optional(), payment_intent: text.optional(), created: range.optional() }),
    ({ account, parameters }) => {
      const found = account.store
        .all('refund')
        .filter(
          (one) =>
            (parameters.charge ?? one.charge) === one.charge &&
            (parameters.payment_intent ?? one.payment_intent) === one.payment_intent,
        );
      return page(found, parameters, '/v1/refunds');
    },
  ),
  route('GET', '/v1/charges/:id', z.strictObject({ expand }), ({ account, path }) =>
    account.get('charge', path['id']!),
  ),
  route(
    'GET',
    '/v1/charges',
    z.strictObject({
      ...paging,
      customer: text.optional(),
      payment_intent: text.optional(),
      created: range.optional(),
    }),
    ({ account, parameters }) => {
      const found = account.store
        .all('charge')
        .filter(
          (one) =>
            (parameters.customer ?? one.customer) === one.customer &&
            (parameters.payment_intent ?? one.payment_intent) === one.payment_intent,
        );
      return page(found, parameters, '/v1/charges');
    },
  ),
  route('GET', '/v1/payment_intents/:id', z.strictObject({ expand }), ({ account, path }) =>
    account.get('payment_intent', path['id']!),
  ),
  route(
    'GET',
    '/v1/payment_intents',
    z.strictObject({ ...paging, customer: text.optional(), created: range.optional() }),
    ({ account, parameters }) => {
      const { customer } = parameters;
      const found = account.store.all('payment_intent').filter((one) => (customer ?? one.customer) === one.customer);
      return page(found, parameters, '/v1/payment_intents');
    },
  ),
];

import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { cardError, invalid } from '../api/errors.ts';
import { behaviourOf, type CardDetails, cardPaymentMethod, namedCards } from '../objects/cards.ts';

/** A card that somebody entered; nobody has it yet. */
export function enterCard(account: Account, details: CardDetails): Stripe.PaymentMethod {
  const id = account.newId('payment_method');
  account.store.put('card', { id, number: details.number, confirmed: false });
  return account.create('payment_method', cardPaymentMethod(id, account.now(), details));
}

/** Keeps a card for a customer; a card that is refused everywhere is refused here too. `id` may name a test card. */
export function attachCard(account: Account, id: string, customerId: string): Stripe.PaymentMethod {
  const customer = account.customer(customerId, 'customer');
  const number = namedCards[id];
  const method = number
    ? enterCard(account, { number, expMonth: 12, expYear: new Date(account.now() * 1_000).getUTCFullYear() + 3 })
    : account.get('payment_method', id, 'payment_method');
  if (method.customer === customer.id) return method;
  if (method.customer)
    throw invalid('The payment method you provided has already been attached to a customer.', {
      code: 'payment_method_unexpected_state',
    });
  const { decline } = behaviourOf(account.store.find('card', method.id)?.number ?? '');
  if (decline) throw cardError(decline, {}, false);
  return account.change('payment_method', method.id, { customer: customer.id }, 'payment_method.attached');
}

/** The card for everything the customer will owe; null takes it away. */
export function useCard(account: Account, customerId: string, id: string | null): void {
  const customer = account.customer(customerId);
  if (
    id !== null &&
    account.get('payment_method', id, 'invoice_settings[default_payment_method]').customer !== customerId
  )
    throw invalid(
      `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
      {
        code: 'resource_missing',
        param: 'invoice_settings[default_payment_method]',
      },
    );
  account.change(
    'customer',
    customerId,
    { invoice_settings: { ...customer.invoice_settings, default_payment_method: id } },
    'customer.updated',
  );
}

export function detachCard(account: Account, id: string): Stripe.PaymentMethod {
  const method = account.get('payment_method', id);
  if (!method.customer)
    throw invalid('The payment method you provided is not attached to a customer so detachment is impossible.');
  const customer = account.customer(String(method.customer));
  if (customer.invoice_settings.default_payment_method === id) useCard(account, customer.id, null);
  for (const subscription of account.store.all('subscription'))
    if (subscription.default_payment_method === id)
      account.change(
        'subscription',
        subscription.id,
        { default_payment_method: null },
        'customer.subscription.updated',
      );
  return account.change('payment_method', id, { customer: null }, 'payment_method.detached');
}

import type { Account } from '../account.ts';
import { invalid } from '../api/errors.ts';

/** A card that the customer has; its id. */
export function ownCard(account: Account, customer: string, id: string): string {
  if (account.get('payment_method', id, 'default_payment_method').customer !== customer)
    throw invalid(
      `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
      {
        code: 'resource_missing',
        param: 'default_payment_method',
      },
    );
  return id;
}

import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { address, behaviourOf, type CardDetails } from '../objects/cards.ts';
import { customer as newCustomer } from '../objects/customer.ts';
import { attachCard, enterCard, useCard } from './cards.ts';
import { noteOf } from './notes.ts';
import { subscribe, trialEndFrom } from './subscribe.ts';

export interface Payer {
  email: string;
  name: string;
  country: string;
  postalCode: string;
  /** None where nothing is due and no card is asked for. */
  card: CardDetails | undefined;
}

/** Whether the owner of this card has to confirm before the checkout can go on. */
export function needsConfirmation(card: CardDetails | undefined): boolean {
  return card !== undefined && behaviourOf(card.number).confirm !== undefined;
}

/** Somebody pays on the checkout page. Throws the decline when the card is refused, and then nothing has happened. */
export function completeCheckout(
  account: Account,
  sessionId: string,
  payer: Payer,
  confirmed: boolean,
): Stripe.Checkout.Session {
  return account.store.atomically(() => {
    const session = account.get('checkout.session', sessionId);
    const wishes = noteOf(account, sessionId).checkout!;
    const place = address({ country: payer.country || null, postal_code: payer.postalCode || null });
    const customerId = session.customer ? String(session.customer) : account.newId('customer');
    if (!session.customer)
      account.create(
        'customer',
        newCustomer(customerId, account.now(), { email: payer.email, name: payer.name, address: place }),
        'customer.created',
      );
    else
      account.change(
        'customer',
        customerId,
        { ...(wishes.save_address && { address: place }), ...(wishes.save_name && { name: payer.name }) },
        'customer.updated',
      );
    const method = payer.card && attachCard(account, enterCard(account, payer.card).id, customerId);
    if (method && confirmed) account.store.put('card', { ...account.get('card', method.id), confirmed: true });
    const trialEnd = trialEndFrom(account, wishes);
    const { subscription } = subscribe(account, {
      customer: customerId,
      items: session.line_items!.data.map(({ price, quantity }) => ({ price: price!.id, quantity: quantity ?? 1 })),
      metadata: wishes.metadata,
      trialEnd,
      missingPaymentMethod: wishes.missing_payment_method,
      defaultPaymentMethod: method?.id,
      description: wishes.description,
      automaticTax: session.automatic_tax.enabled,
      paymentBehavior: 'error_if_incomplete',
      attempt: { confirmed, onSession: true },
    });
    if (method && !account.customer(customerId).invoice_settings.default_payment_method)
      useCard(account, customerId, method.id);
    const done = account.change('checkout.session', sessionId, {
      status: 'complete',
      url: null,
      payment_status: session.amount_total === 0 ? 'no_payment_required' : 'paid',
      customer: customerId,
      subscription: subscription.id,
      invoice: subscription.latest_invoice,
      automatic_tax: {
        ...session.automatic_tax,
        status: session.automatic_tax.enabled ? 'complete' : null,
      },
      customer_details: {
        address: place,
        business_name: null,
        email: payer.email,
        individual_name: null,
        name: payer.name,
        phone: null,
        tax_exempt: 'none',
        tax_ids: [],
      },
    });
    account.tell('checkout.session.completed', done);
    return done;
  });
}

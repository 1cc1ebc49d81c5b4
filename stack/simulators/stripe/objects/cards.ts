import type Stripe from 'stripe';

export interface Decline {
  code: string;
  decline_code?: string;
  message: string;
}

/** What happens to a card, known by its number as in Stripe's test mode. */
export interface TestCard {
  /** Id of its payment method. */
  id: string;
  number: string;
  /** Its owner has confirmed it once. */
  confirmed: boolean;
}

export interface Behaviour {
  /** Refused as soon as somebody tries to use or keep it. */
  decline?: Decline;
  /** Kept, and then refused at each charge. */
  declineCharges?: Decline;
  /** Needs its owner: at the first use, or at each charge. */
  confirm?: 'once' | 'always';
}

const generic: Decline = { code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.' };

const declined = (decline_code: string, message: string): Behaviour => ({
  decline: { code: 'card_declined', decline_code, message },
});

const behaviours: Record<string, Behaviour> = {
  '4000000000000002': { decline: generic },
  '4000000000009995': declined('insufficient_funds', 'Your card has insufficient funds.'),
  '4000000000009987': declined('lost_card', 'Your card was declined.'),
  '4000000000009979': declined('stolen_card', 'Your card was declined.'),
  '4000000000000069': { decline: { code: 'expired_card', message: 'Your card has expired.' } },
  '4000000000000127': { decline: { code: 'incorrect_cvc', message: "Your card's security code is incorrect." } },
  '4000000000000119': {
    decline: {
      code: 'processing_error',
      message: 'An error occurred while processing your card. Try again in a little bit.',
    },
  },
  '4000000000000341': { declineCharges: generic },
  '4000002500003155': { confirm: 'once' },
  '4000002760003184': { confirm: 'always' },
};

/** Names that a test may use instead of entering a number. */
export const namedCards: Record<string, string> = {
  pm_card_visa: '4242424242424242',
  pm_card_mastercard: '5555555555554444',
  pm_card_amex: '378282246310005',
  pm_card_chargeDeclined: '4000000000000002',
  pm_card_chargeDeclinedInsufficientFunds: '4000000000009995',
  pm_card_chargeCustomerFail: '4000000000000341',
  pm_card_authenticationRequiredOnSetup: '4000002500003155',
  pm_card_authenticationRequired: '4000002760003184',
};

export function behaviourOf(number: string): Behaviour {
  return behaviours[number] ?? {};
}

/** The last digit of a card's number checks the others. */
export function isCardNumber(number: string): boolean {
  if (!/^\d{13,19}$/.test(number)) return false;
  let sum = 0;
  for (const [index, digit] of [...number].reverse().entries()) {
    const doubled = Number(digit) * (index % 2 === 0 ? 1 : 2);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

export interface CardDetails {
  number: string;
  expMonth: number;
  expYear: number;
  name?: string | null;
  email?: string | null;
  country?: string | null;
  postalCode?: string | null;
}

export function cardPaymentMethod(id: string, created: number, card: CardDetails): Stripe.PaymentMethod {
  const brand = brandOf(card.number);
  return {
    id,
    object: 'payment_method',
    allow_redisplay: 'limited',
    billing_details: {
      address: address({ country: card.country ?? null, postal_code: card.postalCode ?? null }),
      email: card.email ?? null,
      name: card.name ?? null,
      phone: null,
      tax_id: null,
    },
    card: {
      brand,
      checks: {
        address_line1_check: null,
        address_postal_code_check: card.postalCode ? 'pass' : null,
        cvc_check: 'pass',
      },
      country: 'DE',
      display_brand: brand,
      exp_month: card.expMonth,
      exp_year: card.expYear,
      fingerprint: `sim${card.number.slice(-12)}`,
      funding: 'credit',
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  };
}

export function address(fields: Partial<Stripe.Address>): Stripe.Address {
  return { city: null, country: null, line1: null, line2: null, postal_code: null, state: null, ...fields };
}

function brandOf(number: string): string {
  if (number.startsWith('4')) return 'visa';
  if (/^3[47]/.test(number)) return 'amex';
  return /^(5[1-5]|2)/.test(number) ? 'mastercard' : 'unknown';
}

import { createStripe, type Stripe } from '../../domain/stripe/client.ts';
import { AppError } from '../_shared/app-error.ts';

export interface StripeEnv {
  STRIPE_SECRET_KEY?: string | undefined;
  STRIPE_API_URL: string;
}

/** Stripe's client, made when it is first needed; 503 `billing_not_configured` without a key. */
export function stripeOf({ STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: apiUrl }: StripeEnv): () => Stripe {
  let stripe: Stripe | undefined;
  return () => {
    if (!secretKey) {
      throw new AppError('billing_not_configured', 'Payments are not set up here.', {
        hint: 'Ask the operator to set STRIPE_SECRET_KEY.',
      });
    }
    return (stripe ??= createStripe({ secretKey, apiUrl }));
  };
}

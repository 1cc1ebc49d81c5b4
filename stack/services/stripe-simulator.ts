import { join } from 'node:path';
import { serviceUrl } from '../context.ts';
import { stripeAccount } from './addresses.ts';
import { listenOn, nodeCommand } from './node-service.ts';
import type { DefineService } from './types.ts';

/** Stands in for Stripe: its API, checkout, portal and invoice pages, and webhooks to our function. */
export const stripeSimulator: DefineService = (context) => {
  const { STRIPE_SECRET_KEY = '', STRIPE_WEBHOOK_SECRET = '' } = stripeAccount(context);
  return {
    name: 'stripe',
    ...nodeCommand(context, 'stack/simulators/stripe/main.ts', { old: 192, semi: 4 }),
    env: {
      ...listenOn(context, context.ports.stripe),
      STRIPE_SECRET_KEY,
      STRIPE_WEBHOOK_SECRET,
      STRIPE_WEBHOOK_URL: `${serviceUrl(context, 'api')}/functions/v1/stripe-webhook`,
      STRIPE_SIMULATOR_FILE: join(context.home, 'stripe.sqlite'),
    },
    dependsOn: ['data-folder'],
    health: { url: `${serviceUrl(context, 'stripe')}/healthz` },
    listens: [context.ports.stripe],
  };
};

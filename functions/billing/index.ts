import { z } from 'zod';
import { createStripe, type Stripe } from '../../domain/stripe/client.ts';
import { AppError } from '../_shared/app-error.ts';
import { checkEnv, runtimeEnv, supabaseEnv } from '../_shared/env.ts';
import { serviceClient, userClient } from '../_shared/supabase.ts';
import { createBillingHandler } from './handler.ts';
import permissions from './permissions.json' with { type: 'json' };

const env = runtimeEnv(permissions.env);
const supabase = supabaseEnv(env);
const settings = checkEnv(
  z.object({
    APP_URL: z.url(),
    STRIPE_SECRET_KEY: z.string().optional(),
    STRIPE_API_URL: z.url().default('https://api.stripe.com'),
  }),
  env,
);
let stripe: Stripe | undefined;

Deno.serve(
  createBillingHandler({
    stripe: () => {
      if (!settings.STRIPE_SECRET_KEY) {
        throw new AppError('billing_not_configured', 'Payments are not set up here.', {
          hint: 'Ask the operator to set STRIPE_SECRET_KEY.',
        });
      }
      return (stripe ??= createStripe({ secretKey: settings.STRIPE_SECRET_KEY, apiUrl: settings.STRIPE_API_URL }));
    },
    appUrl: settings.APP_URL,
    userClient: (call) => userClient(supabase, call),
    serviceClient: (call) => serviceClient(supabase, call),
  }),
);

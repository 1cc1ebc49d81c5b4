import { z } from 'zod';
import { checkEnv, runtimeEnv, supabaseEnv } from '../_shared/env.ts';
import { serviceClient, userClient } from '../_shared/supabase.ts';
import { createBillingHandler } from './handler.ts';
import permissions from './permissions.json' with { type: 'json' };
import { stripeOf } from './stripe.ts';

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

Deno.serve(
  createBillingHandler({
    stripe: stripeOf(settings),
    appUrl: settings.APP_URL,
    userClient: (call) => userClient(supabase, call),
    serviceClient: (call) => serviceClient(supabase, call),
  }),
);

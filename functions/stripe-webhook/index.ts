import { z } from 'zod';
import { isLiveKey } from '../../domain/stripe/client.ts';
import { webhookSecrets } from '../../domain/stripe/webhook.ts';
import { checkEnv, runtimeEnv, supabaseEnv } from '../_shared/env.ts';
import { serviceClient } from '../_shared/supabase.ts';
import { createWebhookHandler } from './handler.ts';
import permissions from './permissions.json' with { type: 'json' };

const env = runtimeEnv(permissions.env);
const supabase = supabaseEnv(env);
const settings = checkEnv(
  z.object({ STRIPE_SECRET_KEY: z.string().default(''), STRIPE_WEBHOOK_SECRET: z.string().default('') }),
  env,
);

Deno.serve(
  createWebhookHandler({
    secrets: webhookSecrets(settings.STRIPE_WEBHOOK_SECRET),
    liveMode: isLiveKey(settings.STRIPE_SECRET_KEY),
    database: serviceClient(supabase),
  }),
);

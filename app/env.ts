import { building } from '$app/env';
import { defineEnvVars } from '@sveltejs/kit/env';
import { z } from 'zod';

/** Kit runs the app once while building it, where no API is. */
const whenRunning = <T extends z.ZodType<string, string>>(schema: T) => (building ? z.string().default('') : schema);

/** Read when the app starts; a missing or wrong one stops it with its name. The names are listed in docs/architecture.md. */
export const variables = defineEnvVars({
  SUPABASE_URL: {
    schema: whenRunning(z.url()),
    description:
      'Origin of the API: /rest/v1, /auth/v1, /realtime/v1, /functions/v1. The browser reaches it for Realtime.',
  },
  SUPABASE_INTERNAL_URL: {
    schema: z.url().optional(),
    description: 'Where this server reaches the API itself, past any reverse proxy. SUPABASE_URL without it.',
  },
  SUPABASE_PUBLISHABLE_KEY: {
    // Everything here runs with the rights of the person who asks; a secret key would let one bug reach every table.
    schema: whenRunning(z.string().regex(/^(?!sb_secret_)./, 'must be a publishable key')),
    description: 'Publishable key of the API.',
  },
  APP_URL: {
    schema: z.url().optional(),
    description: 'Where people open the app. Sign-in comes back to it.',
  },
});

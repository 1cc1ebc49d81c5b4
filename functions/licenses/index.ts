import { z } from 'zod';
import { checkEnv, runtimeEnv, supabaseEnv } from '../_shared/env.ts';
import { serviceClient, userClient } from '../_shared/supabase.ts';
import { createLicensesHandler } from './handler.ts';
import permissions from './permissions.json' with { type: 'json' };

const env = runtimeEnv(permissions.env);
const supabase = supabaseEnv(env);
const keys = checkEnv(
  z.object({ LICENSE_PUBLIC_KEY: z.string().optional(), LICENSE_PRIVATE_KEY: z.string().optional() }),
  env,
);

Deno.serve(
  createLicensesHandler({
    publicKeys: keys.LICENSE_PUBLIC_KEY,
    privateKey: keys.LICENSE_PRIVATE_KEY,
    userClient: (call) => userClient(supabase, call),
    serviceClient: (call) => serviceClient(supabase, call),
  }),
);

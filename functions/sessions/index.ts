import { runtimeEnv, supabaseEnv } from '../_shared/env.ts';
import { gatewayFrom } from '../_shared/gateway.ts';
import { serviceClient, userClient } from '../_shared/supabase.ts';
import { defaultTiming } from './deps.ts';
import { createSessionsHandler } from './handler.ts';
import permissions from './permissions.json' with { type: 'json' };

const env = runtimeEnv(permissions.env);
const supabase = supabaseEnv(env);

Deno.serve(
  createSessionsHandler({
    gateway: gatewayFrom(env),
    userClient: (call) => userClient(supabase, call),
    serviceClient: (call) => serviceClient(supabase, call),
    waitUntil: (promise) => void EdgeRuntime.waitUntil(promise),
    timing: defaultTiming,
  }),
);

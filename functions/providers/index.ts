import { z } from 'zod';
import { Keyring, KeyringError } from '../../domain/secrets/keyring.ts';
import { checkEnv, runtimeEnv, supabaseEnv } from '../_shared/env.ts';
import { gatewayFrom } from '../_shared/gateway.ts';
import { serviceClient, userClient } from '../_shared/supabase.ts';
import { createDiscord } from './discord.ts';
import { createProvidersHandler } from './handler.ts';
import permissions from './permissions.json' with { type: 'json' };

const env = runtimeEnv(permissions.env);
const supabase = supabaseEnv(env);
const { DISCORD_API_URL: discordApi, GLYPHOXA_KEYRING: keyringText } = checkEnv(
  z.object({ DISCORD_API_URL: z.url().default('https://discord.com/api'), GLYPHOXA_KEYRING: z.string().optional() }),
  env,
);
let keyring: Promise<Keyring> | undefined;

Deno.serve(
  createProvidersHandler({
    discord: createDiscord(discordApi),
    authorizeUrl: new URL('/oauth2/authorize', discordApi).href,
    gateway: gatewayFrom(env),
    keyring: () => {
      if (!keyringText) throw new KeyringError('GLYPHOXA_KEYRING is not set.');
      return (keyring ??= Keyring.parse(keyringText));
    },
    userClient: (call) => userClient(supabase, call),
    serviceClient: (call) => serviceClient(supabase, call),
  }),
);

import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicUrl, serviceUrl, type StackContext } from '../context.ts';
import { denoBinary } from '../tools.ts';
import { isSimulated, stripeAccount } from './addresses.ts';
import type { DefineService } from './types.ts';

const discordApi = 'https://discord.com/api';

/**
 * The edge functions' runtime, in Deno. The process itself may read and connect, and nothing else; each function gets less, by the
 * `permissions.json` beside it.
 */
export const functions: DefineService = (context) => ({
  name: 'functions',
  command: denoBinary(),
  args: [
    'run',
    '--cached-only',
    '--no-prompt',
    '--unstable-worker-options',
    // `request.signal` of the server then means: the client went away.
    '--unstable-no-legacy-abort',
    // A function that eats memory ends the process: better early, before the whole machine suffers.
    '--v8-flags=--max-old-space-size=256',
    `--allow-read=${context.root}`,
    '--allow-env',
    '--allow-net',
    '--allow-sys',
    join(context.root, 'stack/functions/main.ts'),
  ],
  env: {
    DENO_DIR: join(context.home, 'cache', 'deno'),
    DENO_NO_UPDATE_CHECK: '1',
    NO_COLOR: '1',
    FUNCTIONS_ROOT: context.root,
    FUNCTIONS_PORT: String(context.ports.functions),
    FUNCTIONS_WATCH: context.command === 'dev' ? '1' : '0',
    SUPABASE_JWT_SECRET: context.secrets.jwtSecret,
    SUPABASE_URL: serviceUrl(context, 'api'),
    APP_URL: publicUrl(context, 'app'),
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: context.secrets.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: context.secrets.secretKey }),
    GLYPHOXA_KEYRING: context.secrets.keyring,
    ...stripeAccount(context),
    ...(isSimulated(context) ? { ...simulators(context), ...licenseKeys(context) } : outside(context)),
  },
  dependsOn: ['migrations'],
  health: { url: `${serviceUrl(context, 'functions')}/healthz` },
  listens: [context.ports.functions],
});

export function simulators(context: StackContext): Record<string, string> {
  return {
    GLYPHOXA_GATEWAY_ADDR: `127.0.0.1:${context.ports.gatewayGrpc}`,
    GLYPHOXA_GATEWAY_SECRET: context.secrets.gatewaySecret,
    DISCORD_API_URL: `${serviceUrl(context, 'discord')}/api`,
  };
}

/** The demo issues and checks licenses with a pair of its own. */
function licenseKeys({ secrets }: StackContext): Record<string, string> {
  const publicKey = createPublicKey(secrets.licensePrivateKey).export({ type: 'spki', format: 'pem' });
  return { LICENSE_PRIVATE_KEY: secrets.licensePrivateKey, LICENSE_PUBLIC_KEY: publicKey.toString() };
}

/** What the operator set. Without a gateway's address the functions say so when one is needed. */
export function outside({ settings }: StackContext): Record<string, string> {
  const found: Record<string, string> = { DISCORD_API_URL: discordApi };
  for (const name of ['GLYPHOXA_GATEWAY_ADDR', 'GLYPHOXA_GATEWAY_SECRET'] as const) {
    if (settings[name]) found[name] = settings[name];
  }
  for (const name of [
    'GLYPHOXA_GATEWAY_TLS_CERT',
    'GLYPHOXA_GATEWAY_TLS_KEY',
    'GLYPHOXA_GATEWAY_TLS_CA',
    'LICENSE_PUBLIC_KEY',
    'LICENSE_PRIVATE_KEY',
  ] as const) {
    const value = settings[name];
    // Given as text or as a file; a function cannot read outside of the project, so it gets the text.
    if (value) found[name] = value.startsWith('-----BEGIN') ? value : readFileSync(value, 'utf8');
  }
  return found;
}

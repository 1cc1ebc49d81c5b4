// What `npm run -s stack:env` prints: everything a test or a script needs to speak to the running stack.
import { databaseUrl, serviceUrl, type StackContext } from './context.ts';
import { isSimulated, stripeAccount } from './services/addresses.ts';

export function stackEnvironment(context: StackContext): Record<string, string> {
  const simulators = {
    DISCORD_SIMULATOR_URL: serviceUrl(context, 'discord'),
    GATEWAY_SIMULATOR_URL: serviceUrl(context, 'gatewayControl'),
    MAILBOX_URL: serviceUrl(context, 'mailbox'),
    GLYPHOXA_GATEWAY_ADDR: `127.0.0.1:${context.ports.gatewayGrpc}`,
    GLYPHOXA_GATEWAY_SECRET: context.secrets.gatewaySecret,
    STRIPE_SIMULATOR_URL: serviceUrl(context, 'stripe'),
    ...stripeAccount(context),
  };
  return {
    SUPABASE_URL: serviceUrl(context, 'api'),
    SUPABASE_PUBLISHABLE_KEY: context.secrets.publishableKey,
    SUPABASE_SECRET_KEY: context.secrets.secretKey,
    SUPABASE_JWT_SECRET: context.secrets.jwtSecret,
    DATABASE_URL: databaseUrl(context, 'postgres'),
    GATEWAY_DATABASE_URL: databaseUrl(context, 'glyphoxa_gateway'),
    WORKER_DATABASE_URL: databaseUrl(context, 'glyphoxa_worker'),
    APP_URL: serviceUrl(context, 'app'),
    WORKERS_URL: serviceUrl(context, 'workers'),
    STUDIO_URL: serviceUrl(context, 'studio'),
    STUDIO_PASSWORD: context.secrets.studioPassword,
    ...(isSimulated(context) && simulators),
  };
}

/** Dotenv lines. No value holds a quote or a line break: they are URLs and base64url. */
export function dotenvLines(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${value}"`)
    .join('\n');
}

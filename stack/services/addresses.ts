// Values that several definitions pass on.
import { serviceUrl, type StackContext } from '../context.ts';

/** Application id of the demo's Discord simulator; any id of the right form does. */
const simulatedDiscordApplication = '1100000000000000001';

const stripeApi = 'https://api.stripe.com';

/** True for the commands that bring simulators for everything outside of the stack. */
export function isSimulated(context: Pick<StackContext, 'command'>): boolean {
  return context.command !== 'start';
}

/** OAuth application at Discord: the simulator's, or the operator's. */
export function discordApplication(context: StackContext): Record<string, string> {
  if (isSimulated(context)) {
    return {
      DISCORD_URL: serviceUrl(context, 'discord'),
      DISCORD_CLIENT_ID: simulatedDiscordApplication,
      DISCORD_CLIENT_SECRET: context.secrets.discordClientSecret,
    };
  }
  return pick(context, ['DISCORD_CLIENT_ID', 'DISCORD_CLIENT_SECRET']);
}

/** Further ways to sign in, each off without its pair. */
export function furtherProviders(context: StackContext): Record<string, string> {
  return pick(context, ['GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET', 'GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET']);
}

/** The Stripe account: the simulator's, or the operator's. Without a key there is no billing. */
export function stripeAccount(context: StackContext): Record<string, string> {
  if (isSimulated(context)) {
    return {
      STRIPE_SECRET_KEY: context.secrets.stripeSecretKey,
      STRIPE_WEBHOOK_SECRET: context.secrets.stripeWebhookSecret,
      STRIPE_API_URL: serviceUrl(context, 'stripe'),
    };
  }
  return {
    STRIPE_API_URL: stripeApi,
    ...pick(context, ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'STRIPE_API_URL']),
  };
}

/** Where sign-in mail goes: the mailbox page, or the operator's server. Without one, sign-in by mail is off. */
export function mailServer(context: StackContext): Record<string, string> {
  if (isSimulated(context)) {
    return {
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(context.ports.smtp),
      SMTP_FROM: 'Glyphoxa <no-reply@glyphoxa.localhost>',
    };
  }
  return pick(context, ['SMTP_HOST', 'SMTP_PORT', 'SMTP_USER', 'SMTP_PASS', 'SMTP_FROM']);
}

function pick(context: StackContext, names: (keyof StackContext['settings'])[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (context.settings[name] ? [[name, context.settings[name]]] : [])));
}

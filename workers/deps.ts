import type { GatewayClient } from '../domain/gateway/mod.ts';
import type { Stripe } from '../domain/stripe/client.ts';
import type { WorkerConfig } from './config.ts';
import type { DirectMessages } from './discord.ts';
import type { Log } from './log.ts';
import type { Mailer } from './mail.ts';
import type { SharedDeps } from './runner.ts';

/** Clients are loaded and made when a job first needs them: most workers never need all, and each costs megabytes. */
export function createDeps(config: WorkerConfig, log: Log): { deps: SharedDeps; close: () => void } {
  const closers: (() => void)[] = [];

  const gateway = once(async (): Promise<GatewayClient | null> => {
    if (!config.GLYPHOXA_GATEWAY_ADDR) return null;
    const { createGatewayClient, gatewayOptions } = await import('../domain/gateway/mod.ts');
    const client = createGatewayClient(gatewayOptions(config.env));
    closers.push(() => client.close());
    return client;
  });

  const stripe = once(async (): Promise<Stripe | null> => {
    if (!config.STRIPE_SECRET_KEY) return null;
    const { createStripe } = await import('../domain/stripe/client.ts');
    return createStripe({ secretKey: config.STRIPE_SECRET_KEY, apiUrl: config.STRIPE_API_URL });
  });

  const mail = once(async (): Promise<Mailer | null> => {
    if (!config.SMTP_HOST) return null;
    const { createMailer } = await import('./mail.ts');
    const mailer = createMailer({
      host: config.SMTP_HOST,
      port: config.SMTP_PORT,
      user: config.SMTP_USER,
      pass: config.SMTP_PASS,
      from: config.SMTP_FROM,
    });
    closers.push(() => mailer.close());
    return mailer;
  });

  const discord = once(async (): Promise<DirectMessages | null> => {
    if (!config.GLYPHOXA_KEYRING) return null;
    const { createDirectMessages } = await import('./discord.ts');
    return createDirectMessages(config.DISCORD_API_URL, config.GLYPHOXA_KEYRING);
  });

  return {
    deps: { gateway, stripe, mail, discord, appUrl: config.APP_URL.replace(/\/$/, ''), env: config.env, log },
    close: () => closers.forEach((end) => end()),
  };
}

/** A failure is not kept: the next job tries again. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make().catch((thrown: unknown) => {
      made = undefined;
      throw thrown;
    });
    return made;
  };
}

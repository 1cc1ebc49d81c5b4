import { databaseUrl, publicUrl, serviceUrl } from '../context.ts';
import { isSimulated, mailServer, stripeAccount } from './addresses.ts';
import { outside, simulators } from './functions.ts';
import { listenOn, nodeCommand } from './node-service.ts';
import type { DefineService } from './types.ts';

/** What needs time: mail, the ends of sessions, trials. Jobs under way get ten seconds to finish. */
export const workers: DefineService = (context) => {
  const { PORT: _, ...listen } = listenOn(context, context.ports.workers);
  return {
    name: 'workers',
    ...nodeCommand(context, 'workers/main.ts', { old: 128, semi: 2 }),
    env: {
      ...listen,
      WORKERS_PORT: String(context.ports.workers),
      WORKER_DATABASE_URL: databaseUrl(context, 'glyphoxa_worker'),
      APP_URL: publicUrl(context, 'app'),
      SUPABASE_INTERNAL_URL: serviceUrl(context, 'api'),
      SUPABASE_SECRET_KEY: context.secrets.secretKey,
      GLYPHOXA_KEYRING: context.secrets.keyring,
      ...mailServer(context),
      ...stripeAccount(context),
      ...(isSimulated(context) ? simulators(context) : outside(context)),
    },
    dependsOn: ['migrations'],
    health: { url: `${serviceUrl(context, 'workers')}/healthz` },
    listens: [context.ports.workers],
    stopTimeoutMs: 10_000,
  };
};

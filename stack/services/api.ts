import { join } from 'node:path';
import { databaseUrl, publicUrl, serviceUrl } from '../context.ts';
import { discordApplication, furtherProviders, mailServer } from './addresses.ts';
import { listenOn, nodeCommand } from './node-service.ts';
import type { DefineService } from './types.ts';

/** The one origin: Data API, Auth and Storage in its own process, Realtime and functions behind it. */
export const api: DefineService = (context) => ({
  name: 'api',
  ...nodeCommand(context, 'stack/api/main.ts', { old: 256, semi: 16 }),
  env: {
    ...listenOn(context, context.ports.api),
    SUPABASE_URL: publicUrl(context, 'api'),
    APP_URL: publicUrl(context, 'app'),
    SUPABASE_PUBLISHABLE_KEY: context.secrets.publishableKey,
    SUPABASE_SECRET_KEY: context.secrets.secretKey,
    SUPABASE_JWT_SECRET: context.secrets.jwtSecret,
    AUTHENTICATOR_DATABASE_URL: databaseUrl(context, 'authenticator'),
    AUTH_DATABASE_URL: databaseUrl(context, 'supabase_auth_admin'),
    STORAGE_DATABASE_URL: databaseUrl(context, 'supabase_storage_admin'),
    REALTIME_URL: serviceUrl(context, 'realtime'),
    FUNCTIONS_URL: serviceUrl(context, 'functions'),
    STORAGE_DIR: join(context.home, 'storage'),
    ...discordApplication(context),
    ...furtherProviders(context),
    ...mailServer(context),
    ...context.tuning,
  },
  dependsOn: ['migrations'],
  health: { url: `${serviceUrl(context, 'api')}/healthz` },
  listens: [context.ports.api],
});

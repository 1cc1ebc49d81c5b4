import { databaseUrl, serviceUrl } from '../context.ts';
import { listenOn, nodeCommand } from './node-service.ts';
import type { DefineService } from './types.ts';

/** Phoenix channels over WebSocket, fed by logical replication. */
export const realtime: DefineService = (context) => ({
  name: 'realtime',
  ...nodeCommand(context, 'stack/realtime/main.ts', { old: 256, semi: 16 }),
  env: {
    ...listenOn(context, context.ports.realtime),
    SUPABASE_JWT_SECRET: context.secrets.jwtSecret,
    SUPABASE_PUBLISHABLE_KEY: context.secrets.publishableKey,
    SUPABASE_SECRET_KEY: context.secrets.secretKey,
    REALTIME_DATABASE_URL: databaseUrl(context, 'supabase_realtime_admin'),
    ...context.tuning,
  },
  dependsOn: ['migrations'],
  health: { url: `${serviceUrl(context, 'realtime')}/healthz` },
  listens: [context.ports.realtime],
});

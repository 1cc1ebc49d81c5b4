import { databaseUrl, serviceUrl } from '../context.ts';
import { listenOn, nodeCommand } from './node-service.ts';
import type { DefineService } from './types.ts';

/** Tables and SQL for the operator. It gets no key of the API: it logs in to the database itself. */
export const studio: DefineService = (context) => ({
  name: 'studio',
  ...nodeCommand(context, 'stack/studio/main.ts', { old: 256, semi: 2 }),
  env: {
    ...listenOn(context, context.ports.studio),
    DATABASE_URL: databaseUrl(context, 'postgres'),
    STUDIO_PASSWORD: context.secrets.studioPassword,
    ...context.tuning,
  },
  dependsOn: ['migrations'],
  health: { url: `${serviceUrl(context, 'studio')}/healthz` },
  listens: [context.ports.studio],
});

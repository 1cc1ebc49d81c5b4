import { join } from 'node:path';
import { publicUrl, serviceUrl } from '../context.ts';
import { nodeBinary } from '../tools.ts';
import { listenOn, nodeCommand } from './node-service.ts';
import type { DefineService } from './types.ts';

/** The SvelteKit application: built, or by Vite with hot reload. It never gets the secret key. */
export const app: DefineService = (context) => ({
  name: 'app',
  ...(context.command === 'dev'
    ? {
        command: nodeBinary(),
        args: [
          join(context.root, 'node_modules/vite/bin/vite.js'),
          'dev',
          '--host=127.0.0.1',
          '--strictPort',
          `--port=${context.ports.app}`,
        ],
      }
    : nodeCommand(context, 'app/server.mjs', { old: 256, semi: 16 })),
  env: {
    ...listenOn(context, context.ports.app),
    NODE_ENV: context.command === 'dev' ? 'development' : 'production',
    APP_URL: publicUrl(context, 'app'),
    SUPABASE_URL: publicUrl(context, 'api'),
    SUPABASE_INTERNAL_URL: serviceUrl(context, 'api'),
    SUPABASE_PUBLISHABLE_KEY: context.secrets.publishableKey,
  },
  dependsOn: ['app-build', 'api', 'realtime', 'functions'],
  health: { url: `${serviceUrl(context, 'app')}/healthz` },
  listens: [context.ports.app],
});

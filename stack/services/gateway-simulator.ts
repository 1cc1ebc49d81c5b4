import { databaseUrl, serviceUrl } from '../context.ts';
import { listenOn, nodeCommand } from './node-service.ts';
import type { DefineService } from './types.ts';

/** Stands in for the Go gateway: its gRPC contract, its own SQL, and a control port that tells it to fail. */
export const gatewaySimulator: DefineService = (context) => ({
  name: 'gateway',
  ...nodeCommand(context, 'stack/simulators/gateway/main.ts', { old: 128, semi: 2 }),
  env: {
    ...listenOn(context, context.ports.gatewayGrpc),
    CONTROL_PORT: String(context.ports.gatewayControl),
    GATEWAY_DATABASE_URL: databaseUrl(context, 'glyphoxa_gateway'),
    GLYPHOXA_GATEWAY_SECRET: context.secrets.gatewaySecret,
    // A token that Discord does not know connects no bot, as with the real gateway.
    DISCORD_API_URL: `${serviceUrl(context, 'discord')}/api`,
  },
  dependsOn: ['migrations', 'discord'],
  health: { url: `${serviceUrl(context, 'gatewayControl')}/healthz` },
  listens: [context.ports.gatewayGrpc, context.ports.gatewayControl],
});

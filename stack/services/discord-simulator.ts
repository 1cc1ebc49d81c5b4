import { serviceUrl } from '../context.ts';
import { discordApplication } from './addresses.ts';
import { listenOn, nodeCommand } from './node-service.ts';
import type { DefineService } from './types.ts';

/** Stands in for Discord: OAuth2 sign-in and the bot's REST API. */
export const discordSimulator: DefineService = (context) => ({
  name: 'discord',
  ...nodeCommand(context, 'stack/simulators/discord/main.ts', { old: 128, semi: 2 }),
  env: {
    ...listenOn(context, context.ports.discord),
    APP_URL: serviceUrl(context, 'app'),
    ...discordApplication(context),
  },
  dependsOn: [],
  health: { url: `${serviceUrl(context, 'discord')}/healthz` },
  listens: [context.ports.discord],
});

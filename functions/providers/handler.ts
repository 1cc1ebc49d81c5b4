import { createHandler } from '../_shared/http.ts';
import { putBotToken } from './bot-token.ts';
import type { ProvidersDeps } from './deps.ts';
import { claimGuild, listChannels, listGuilds } from './guilds.ts';

/** The table's bot and servers: what Discord knows of them, and what the gateway is told. */
export function createProvidersHandler(deps: ProvidersDeps): (request: Request) => Promise<Response> {
  return createHandler('providers', {
    'PUT /bot-token': (call) => putBotToken(deps, call),
    'GET /guilds': (call) => listGuilds(deps, call),
    'PUT /guilds/:id': (call) => claimGuild(deps, call),
    'GET /guilds/:id/channels': (call) => listChannels(deps, call),
  });
}

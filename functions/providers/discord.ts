import { CDN, DiscordAPIError, REST, type RESTOptions } from '@discordjs/rest';
import {
  type APIApplication,
  type APIGuild,
  type APIChannel,
  type APIGuildMember,
  type APIUser,
  type RESTGetAPICurrentUserGuildsResult,
  Routes,
} from 'discord-api-types/v10';
import { AppError } from '../_shared/app-error.ts';

/** Discord answers in tenths of seconds; a page waits for these calls. */
const timeoutMs = 5_000;

/** Discord as one bot sees it. What the bot may not see or does not exist is null. */
export interface DiscordBot {
  me(): Promise<APIUser>;
  application(): Promise<Pick<APIApplication, 'id'>>;
  guilds(): Promise<RESTGetAPICurrentUserGuildsResult>;
  guild(id: string): Promise<APIGuild | null>;
  member(guildId: string, userId: string): Promise<APIGuildMember | null>;
  channels(guildId: string): Promise<APIChannel[] | null>;
}

export type Discord = (token: string) => DiscordBot;

export const cdn = new CDN();

/** `api` is the address of Discord's REST API without its version. */
export function createDiscord(api: string): Discord {
  return (token) => {
    const rest = new REST({
      version: '10',
      api,
      timeout: timeoutMs,
      retries: 1,
      // Made for one request: nothing to sweep, and no timer that would outlive it.
      hashSweepInterval: 0,
      handlerSweepInterval: 0,
      rejectOnRateLimit: () => true,
      // The default brings Node's own HTTP client; Deno has fetch.
      makeRequest: ((url, init) => fetch(url, init as RequestInit)) as RESTOptions['makeRequest'],
    }).setToken(token);

    async function get<Answer>(route: `/${string}`): Promise<Answer> {
      try {
        return (await rest.get(route)) as Answer;
      } catch (thrown) {
        throw explain(thrown);
      }
    }
    async function find<Answer>(route: `/${string}`): Promise<Answer | null> {
      try {
        return (await rest.get(route)) as Answer;
      } catch (thrown) {
        if (thrown instanceof DiscordAPIError && (thrown.status === 403 || thrown.status === 404)) return null;
        throw explain(thrown);
      }
    }
    return {
      me: () => get(Routes.user()),
      application: () => get(Routes.currentApplication()),
      guilds: () => get(Routes.userGuilds()),
      guild: (id) => find(Routes.guild(id)),
      member: (guildId, userId) => find(Routes.guildMember(guildId, userId)),
      channels: (guildId) => find(Routes.guildChannels(guildId)),
    };
  };
}

function explain(thrown: unknown): AppError {
  if (thrown instanceof DiscordAPIError && thrown.status === 401) {
    return new AppError('provider_refused', 'Discord does not know this token.', {
      hint: 'Copy it again under Bot › Reset Token.',
      field: 'token',
      // The error of the library carries the request with its headers.
      cause: `Discord answered ${thrown.status} ${thrown.code}`,
    });
  }
  return new AppError('provider_unavailable', 'Discord does not answer as it should.', {
    hint: 'Try again in a minute.',
    cause: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown),
  });
}

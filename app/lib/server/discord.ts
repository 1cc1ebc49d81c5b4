import type { RequestEvent } from '@sveltejs/kit';
import { callFunction } from './functions.ts';

export interface Bot {
  id: string;
  name: string;
  avatar_url: string | null;
}

export interface Guild {
  id: string;
  name: string;
  icon_url: string | null;
  state: 'yours' | 'free' | 'taken' | 'not_admin';
}

/** Checks the token with Discord, gives it to the voice service and keeps an encrypted copy. Refusals carry their code. */
export async function storeBotToken(event: RequestEvent, token: string): Promise<Bot> {
  return (await callFunction<{ bot: Bot }>(event, 'providers/bot-token', { method: 'PUT', body: { token } })).bot;
}

/** The servers that the table's bot is on, and the address that adds it to another. */
export function readGuilds(event: RequestEvent): Promise<{ guilds: Guild[]; invite_url: string }> {
  return callFunction(event, 'providers/guilds');
}

/** Makes the server the table's own. */
export async function claimGuild(event: RequestEvent, guild: string): Promise<void> {
  await callFunction(event, `providers/guilds/${encodeURIComponent(guild)}`, { method: 'PUT' });
}

import { randomUUID } from 'node:crypto';
import type { RequestEvent } from '@sveltejs/kit';
import { z } from 'zod';
import { currentCampaign } from '#lib/current-campaign.ts';
import type { Account } from '#lib/server/account.ts';
import { type Api, attempt, refuse, unwrap, unwrapJson, type Problem } from '#lib/server/api.ts';
import { callFunction } from '#lib/server/functions.ts';
import { smallestCap } from '../clock.ts';
import { parseDiscordLink } from '../discord-link.ts';
import type { SessionRow } from '../session-state.ts';
import type { LiveElsewhere, Quota, VoiceChannel } from '../start-checks.ts';
import { readCap } from './console.ts';
import { readSession } from './sessions.ts';
import { readNpcs } from './table.ts';

/** What a person has chosen so far; it lives in the address. */
export interface StartChoice {
  campaign: string | null;
  server: string | null;
  channel: string | null;
}

export function readChoice(search: URLSearchParams): StartChoice {
  return { campaign: search.get('campaign'), server: search.get('server'), channel: search.get('channel') };
}

export interface ServerOption {
  id: string;
  name: string;
  iconUrl: string | null;
}

/** All that the start page shows for a choice: what can be chosen, and what stands for and against it. */
export async function loadStart(event: RequestEvent, account: Account, choice: StartChoice) {
  const { api } = event.locals;
  const [campaigns, npcCounts, servers, live] = await Promise.all([
    readCampaigns(api),
    countNpcs(api),
    readServers(api),
    readLive(api),
  ]);
  const playable = campaigns.filter((campaign) => (npcCounts.get(campaign.id) ?? 0) > 0);
  const open = playable.length > 0 ? playable : campaigns;
  const campaign = currentCampaign(open, {
    param: choice.campaign ?? undefined,
    last: account.preferences.last_campaign_id,
    discord: account.tenant.campaign_id,
  });
  const kept = campaign ? account.preferences.last_channels?.[campaign.id] : undefined;
  const server =
    servers.find((each) => each.id === choice.server) ??
    servers.find((each) => each.id === kept?.guild_id) ??
    servers[0] ??
    null;
  const [npcs, quota, capMs, channels] = await Promise.all([
    campaign ? readNpcs(api, campaign.id) : [],
    readQuota(api, campaign?.id ?? null),
    readCap(api, account),
    server && account.tenant.bot_set ? readChannels(event, server.id) : null,
  ]);
  const known = channels !== null && 'channels' in channels ? channels.channels : [];
  const wanted = choice.channel ?? (server?.id === kept?.guild_id ? kept?.channel_id : undefined);
  return {
    campaigns: campaigns.map(({ id, name }) => ({ id, name, npcs: npcCounts.get(id) ?? 0 })),
    servers,
    channels: known,
    channelsProblem: channels !== null && 'problem' in channels ? channels.problem : null,
    live,
    npcs,
    quota,
    capMs: smallestCap(capMs === null ? null : capMs / 3_600_000, quota.max_session_hours),
    botSet: account.tenant.bot_set,
    owners: account.owners,
    chosen: {
      campaign: campaign?.id ?? null,
      language: campaigns.find((each) => each.id === campaign?.id)?.language || null,
      server: server?.id ?? null,
      channel: known.find((each) => each.id === wanted)?.id ?? null,
    },
    /** One intent, one key: pressing twice starts once. */
    key: randomUUID(),
    now: Date.now(),
  };
}

async function readCampaigns(
  api: Api,
): Promise<{ id: string; name: string; language: string | null; archived: boolean }[]> {
  const rows = unwrap(
    await api
      .from('campaigns')
      .select('id, name, language')
      .is('archived_at', null)
      .is('deleted_at', null)
      .order('name'),
  ) as { id: string; name: string; language: string | null }[];
  return rows.map((row) => ({ ...row, archived: false }));
}

async function countNpcs(api: Api): Promise<Map<string, number>> {
  const rows = unwrap(await api.from('npcs').select('campaign_id')) as { campaign_id: string }[];
  const counts = new Map<string, number>();
  for (const { campaign_id } of rows) counts.set(campaign_id, (counts.get(campaign_id) ?? 0) + 1);
  return counts;
}

async function readServers(api: Api): Promise<ServerOption[]> {
  const rows = unwrap(await api.from('discord_servers').select('guild_id, name, icon_url').order('name')) as {
    guild_id: string;
    name: string;
    icon_url: string | null;
  }[];
  return rows.map(({ guild_id, name, icon_url }) => ({ id: guild_id, name, iconUrl: icon_url }));
}

async function readLive(api: Api): Promise<LiveElsewhere[]> {
  const rows = unwrap(
    await api.from('sessions').select('id, campaign_id, campaign_name, guild_id').neq('state', 'ended').limit(20),
  ) as { id: string; campaign_id: string; campaign_name: string | null; guild_id: string }[];
  return rows.map((row) => ({ ...row, campaign_name: row.campaign_name ?? '' }));
}

async function readQuota(api: Api, campaign: string | null): Promise<Quota> {
  return unwrap(await api.rpc('session_quota', campaign === null ? {} : { campaign_id: campaign })) as unknown as Quota;
}

async function readChannels(
  event: RequestEvent,
  guild: string,
): Promise<{ channels: VoiceChannel[] } | { problem: Problem }> {
  const answer = await attempt(() =>
    callFunction<{ channels: VoiceChannel[] }>(event, `providers/guilds/${encodeURIComponent(guild)}/channels`),
  );
  if (!answer.ok) return { problem: answer.problem };
  return { channels: [...answer.value.channels].sort((a, b) => a.position - b.position) };
}

const startForm = z.object({
  campaign: z.string().min(1).max(64),
  server: z.string().max(32),
  channel: z.string().max(32),
  link: z.string().max(400),
  key: z.uuid(),
});

export interface Started {
  request: string;
  session: string | null;
}

/**
 * Asks for the session as the caller. A pasted link wins over the lists. Keeps the channel for the next time.
 */
export async function start(event: RequestEvent, form: FormData): Promise<Started> {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const parsed = startForm.safeParse(
    Object.fromEntries(['campaign', 'server', 'channel', 'link', 'key'].map((name) => [name, text(name)])),
  );
  if (!parsed.success) refuse('validation');
  const { campaign, key, link } = parsed.data;
  let { server, channel } = parsed.data;
  if (link !== '') {
    const target = parseDiscordLink(link);
    if (target.kind !== 'channel') refuse('bad_snowflake');
    server = target.guildId;
    channel = target.channelId;
  }
  const answer = await callFunction<{ request_id: string; session_id?: string }>(event, 'sessions/start', {
    method: 'POST',
    body: { campaign_id: campaign, guild_id: server, channel_id: channel, idempotency_key: key },
  });
  await keepChannel(event, campaign, server, channel);
  return { request: answer.request_id, session: answer.session_id ?? null };
}

/** Channel per campaign and person. The session has started: that this could not be kept is no reason to say otherwise. */
async function keepChannel(event: RequestEvent, campaign: string, guild: string, channel: string): Promise<void> {
  const { preferences } = await event.locals.account();
  const last_channels = { ...preferences.last_channels, [campaign]: { guild_id: guild, channel_id: channel } };
  const { error } = await event.locals.api.rpc('update_preferences', {
    patch: { last_channels, last_campaign_id: campaign },
  });
  if (error)
    console.warn(
      JSON.stringify({ level: 'warn', request_id: event.locals.requestId, detail: `last_channels: ${error.message}` }),
    );
}

export interface RequestProgress {
  state: 'asked' | 'accepted' | 'failed';
  session: Pick<SessionRow, 'id' | 'state' | 'error'> | null;
  problem: { code: string; message: string | null } | null;
  forMs: number;
}

/** How far a start is: what the page asks each second until the session has an id. 404 for another table's. */
export async function readProgress(api: Api, id: string): Promise<RequestProgress> {
  const request = unwrapJson<{
    state: RequestProgress['state'];
    session_id: string | null;
    error_code: string | null;
    error_message: string | null;
    created_at: string;
  }>(await api.rpc('session_request', { request: id }));
  const session = request.session_id ? await readSession(api, request.session_id) : null;
  return {
    state: request.state,
    session: session && { id: session.id, state: session.state, error: session.error },
    problem: request.error_code ? { code: request.error_code, message: request.error_message } : null,
    forMs: Math.max(0, Date.now() - Date.parse(request.created_at)),
  };
}

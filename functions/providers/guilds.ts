import { ChannelType, PermissionFlagsBits } from 'discord-api-types/v10';
import { z } from 'zod';
import { AppError } from '../_shared/app-error.ts';
import type { Call } from '../_shared/http.ts';
import { callFunction, rowsOf } from '../_shared/supabase.ts';
import { ownBot } from './bot-token.ts';
import { readCaller, readClaimedGuilds, readDiscordId, requireDm, requireOffAir, requireOwner } from './caller.ts';
import type { ProvidersDeps } from './deps.ts';
import { cdn, type DiscordBot } from './discord.ts';
import { administers, missingRights } from './permissions.ts';

type GuildState = 'yours' | 'free' | 'taken' | 'not_admin';

/** What a bot of ours does on a server; Discord asks the person to grant these. */
const botRights =
  PermissionFlagsBits.ViewChannel |
  PermissionFlagsBits.SendMessages |
  PermissionFlagsBits.UseApplicationCommands |
  PermissionFlagsBits.Connect |
  PermissionFlagsBits.Speak;

const snowflake = /^\d{17,20}$/;

/** GET /guilds: the servers the bot is on, and which of them can be this table's. */
export async function listGuilds(deps: ProvidersDeps, call: Call): Promise<Response> {
  const user = deps.userClient(call);
  const caller = await readCaller(user);
  requireDm(caller);
  const bot = await ownBot(deps, caller);
  const [guilds, application, claimed, discordId] = await Promise.all([
    bot.guilds(),
    bot.application(),
    readClaimedGuilds(user),
    readDiscordId(user, caller),
  ]);
  // A server counts as this table's once the gateway knows it too; until then it is to be claimed again.
  const yours = new Set(claimed.filter((id) => caller.guildIds.includes(id)));
  const others = guilds.map((guild) => guild.id).filter((id) => !claimed.includes(id));
  const taken = await takenGuilds(deps, others);
  const states = await Promise.all(
    guilds.map(async ({ id }): Promise<GuildState> => {
      if (yours.has(id)) return 'yours';
      if (!discordId || !(await proves(bot, id, discordId))) return 'not_admin';
      return taken.has(id) ? 'taken' : 'free';
    }),
  );
  const listed = guilds.map(({ id, name, icon }, index) => ({
    id,
    name,
    icon_url: iconUrl(id, icon),
    state: states[index],
  }));
  return Response.json({ guilds: listed, invite_url: inviteUrl(deps.authorizeUrl, application.id) });
}

/** PUT /guilds/:id: makes the server this table's, after Discord said that the person administers it. */
export async function claimGuild(deps: ProvidersDeps, call: Call): Promise<Response> {
  const user = deps.userClient(call);
  const caller = await readCaller(user);
  requireOwner(caller);
  const id = guildId(call);
  requireOffAir(caller);
  const bot = await ownBot(deps, caller);
  const discordId = await readDiscordId(user, caller);
  if (!discordId) {
    throw new AppError(
      'guild_not_admin',
      'Your account is not linked to Discord, so nobody can tell whose server this is.',
      {
        hint: 'Link Discord under your profile, then try again.',
      },
    );
  }
  const guild = await bot.guild(id);
  if (!guild) throw botNotThere();
  const member = await bot.member(id, discordId);
  if (!member || !administers(guild, { id: discordId, roles: member.roles })) {
    throw new AppError('guild_not_admin', `You do not administer ${guild.name}.`, {
      hint: 'Ask somebody who may manage this server.',
    });
  }
  const claim = {
    tenant: caller.tenantId,
    guild_id: id,
    name: guild.name,
    icon_url: iconUrl(id, guild.icon),
    user: caller.userId,
  };
  await callFunction(deps.serviceClient(call), 'claim_guild', claim, z.unknown());
  const guildIds = [...new Set([...caller.guildIds, ...(await readClaimedGuilds(user))])];
  await deps.gateway().updateTenant({ id: caller.tenantId, guildIds }, { requestId: call.requestId });
  return Response.json({ guild: { id, name: guild.name, icon_url: claim.icon_url } });
}

/** GET /guilds/:id/channels: voice channels in Discord's order, each with what the bot lacks there. */
export async function listChannels(deps: ProvidersDeps, call: Call): Promise<Response> {
  const user = deps.userClient(call);
  const caller = await readCaller(user);
  requireDm(caller);
  const id = guildId(call);
  if (!(await readClaimedGuilds(user)).includes(id)) {
    throw new AppError('guild_unknown', 'This Discord server is not one of your table’s.', {
      hint: 'An Owner can add it under Discord.',
    });
  }
  const bot = await ownBot(deps, caller);
  const { id: botId } = await bot.me();
  const [guild, member, channels] = await Promise.all([bot.guild(id), bot.member(id, botId), bot.channels(id)]);
  if (!guild || !member || !channels) throw botNotThere();
  const categories = new Map(
    channels.filter((one) => one.type === ChannelType.GuildCategory).map((one) => [one.id, one]),
  );
  const voice = channels.flatMap((channel) => {
    if (channel.type !== ChannelType.GuildVoice) return [];
    const category = channel.parent_id ? categories.get(channel.parent_id) : undefined;
    const missing = missingRights(guild, { id: botId, roles: member.roles }, channel.permission_overwrites ?? []);
    const { position } = channel;
    return [
      {
        order: [category?.position ?? -1, position] as const,
        row: { id: channel.id, name: channel.name, category: category?.name ?? null, position, missing },
      },
    ];
  });
  voice.sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1]);
  return Response.json({ channels: voice.map(({ row }) => row) });
}

async function proves(bot: DiscordBot, id: string, discordId: string): Promise<boolean> {
  const [guild, member] = await Promise.all([bot.guild(id), bot.member(id, discordId)]);
  return guild !== null && member !== null && administers(guild, { id: discordId, roles: member.roles });
}

/** Which of these belong to some table already. Read past the policies: whose they are stays here. */
async function takenGuilds(deps: ProvidersDeps, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const result = await deps.serviceClient().from('discord_servers').select('guild_id').in('guild_id', ids);
  return new Set(rowsOf(result, z.object({ guild_id: z.string() })).map((row) => row.guild_id));
}

function guildId(call: Call): string {
  const id = call.param('id');
  if (!snowflake.test(id)) {
    throw new AppError('bad_snowflake', 'This is not the id of a Discord server.', {
      hint: 'Pick a server from the list.',
    });
  }
  return id;
}

function botNotThere(): AppError {
  return new AppError('guild_unknown', 'The bot is not on this server.', {
    hint: 'Add it with the link under Discord.',
  });
}

function iconUrl(id: string, icon: string | null): string | null {
  return icon ? cdn.icon(id, icon, { extension: 'png', size: 128 }) : null;
}

function inviteUrl(authorizeUrl: string, applicationId: string): string {
  const url = new URL(authorizeUrl);
  url.searchParams.set('client_id', applicationId);
  url.searchParams.set('scope', 'bot applications.commands');
  url.searchParams.set('permissions', String(botRights));
  return url.href;
}

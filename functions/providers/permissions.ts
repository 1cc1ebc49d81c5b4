import { OverwriteType, PermissionFlagsBits } from 'discord-api-types/v10';

/** What of Discord's answers the rules need. */
export interface GuildRoles {
  id: string;
  owner_id: string;
  roles: { id: string; permissions: string }[];
}

export interface Member {
  id: string;
  roles: string[];
}

export interface Overwrite {
  id: string;
  type: OverwriteType;
  allow: string;
  deny: string;
}

export type VoiceRight = 'view' | 'connect' | 'speak';

const all = Object.values(PermissionFlagsBits).reduce((bits, flag) => bits | flag, 0n);
const needed: [VoiceRight, bigint][] = [
  ['view', PermissionFlagsBits.ViewChannel],
  ['connect', PermissionFlagsBits.Connect],
  ['speak', PermissionFlagsBits.Speak],
];

/** Everything the member may do on the server: the role everybody has (its id is the server's) and their own. */
export function guildPermissions(guild: GuildRoles, member: Member): bigint {
  if (guild.owner_id === member.id) return all;
  const own = new Set([guild.id, ...member.roles]);
  const bits = guild.roles.filter((role) => own.has(role.id)).reduce((sum, role) => sum | BigInt(role.permissions), 0n);
  return has(bits, PermissionFlagsBits.Administrator) ? all : bits;
}

/** Whether the member may decide that this server belongs to a table. */
export function administers(guild: GuildRoles, member: Member): boolean {
  return has(guildPermissions(guild, member), PermissionFlagsBits.ManageGuild);
}

/** In Discord's order, each step over the last: everybody's overwrite, then those of all roles together, then the member's own. */
export function channelPermissions(guild: GuildRoles, member: Member, overwrites: Overwrite[]): bigint {
  const base = guildPermissions(guild, member);
  if (has(base, PermissionFlagsBits.Administrator)) return base;
  const roles = overwrites.filter((one) => one.type === OverwriteType.Role);
  const steps = [
    roles.filter((one) => one.id === guild.id),
    roles.filter((one) => one.id !== guild.id && member.roles.includes(one.id)),
    overwrites.filter((one) => one.type === OverwriteType.Member && one.id === member.id),
  ];
  return steps.reduce((bits, step) => {
    const deny = step.reduce((sum, one) => sum | BigInt(one.deny), 0n);
    const allow = step.reduce((sum, one) => sum | BigInt(one.allow), 0n);
    return (bits & ~deny) | allow;
  }, base);
}

/** What the bot lacks to play in a voice channel. */
export function missingRights(guild: GuildRoles, bot: Member, overwrites: Overwrite[]): VoiceRight[] {
  const bits = channelPermissions(guild, bot, overwrites);
  return needed.filter(([, flag]) => !has(bits, flag)).map(([right]) => right);
}

function has(bits: bigint, flag: bigint): boolean {
  return (bits & flag) === flag;
}

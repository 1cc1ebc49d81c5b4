import type { Guild } from './types.ts';

/** Bits of Discord's permission sets that matter here. */
export const permission = {
  administrator: 1n << 3n,
  manageGuild: 1n << 5n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  connect: 1n << 20n,
  speak: 1n << 21n,
  useApplicationCommands: 1n << 31n,
} as const;

/** Of everybody, in every server here. */
export const everyoneMay =
  permission.viewChannel |
  permission.sendMessages |
  permission.connect |
  permission.speak |
  permission.useApplicationCommands;

const everything = (1n << 50n) - 1n;

/** What a member may do in the server as a whole. */
export function permissionsIn(guild: Guild, memberId: string): bigint {
  if (guild.owner_id === memberId) return everything;
  const own = new Set([guild.id, ...(guild.members.get(memberId) ?? [])]);
  const bits = guild.roles.filter((role) => own.has(role.id)).reduce((sum, role) => sum | BigInt(role.permissions), 0n);
  return bits & permission.administrator ? everything : bits;
}

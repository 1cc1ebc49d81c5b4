import { z } from 'zod';
import { AppError } from '../_shared/app-error.ts';
import { callFunction, type MgmtClient, rowsOf } from '../_shared/supabase.ts';

const me = z.object({
  user: z.object({ id: z.string(), role: z.enum(['super_admin', 'tenant_owner', 'dm', 'viewer']) }),
  tenant: z.object({ id: z.string(), guild_ids: z.array(z.string()).nullable() }),
  live_sessions: z.array(z.unknown()),
});

export interface Caller {
  userId: string;
  tenantId: string;
  /** Servers that the gateway knows as this tenant's. */
  guildIds: string[];
  isOwner: boolean;
  canPlay: boolean;
  onAir: boolean;
}

/** Who the database says the caller is, asked as the caller. */
export async function readCaller(user: MgmtClient): Promise<Caller> {
  const answer = await callFunction(user, 'me', {}, me);
  const { role } = answer.user;
  return {
    userId: answer.user.id,
    tenantId: answer.tenant.id,
    guildIds: answer.tenant.guild_ids ?? [],
    isOwner: role === 'tenant_owner' || role === 'super_admin',
    canPlay: role !== 'viewer',
    onAir: answer.live_sessions.length > 0,
  };
}

export function requireOwner(caller: Caller): void {
  if (!caller.isOwner) {
    throw new AppError('forbidden', 'Only an Owner of this table can do this.', {
      hint: 'Ask an Owner of your table.',
    });
  }
}

export function requireDm(caller: Caller): void {
  if (!caller.canPlay) {
    throw new AppError('forbidden', 'Players cannot do this.', { hint: 'Ask a Dungeon Master of your table.' });
  }
}

/** A change of token or servers makes the bot connect anew, which would cut off whoever is speaking. */
export function requireOffAir(caller: Caller): void {
  if (caller.onAir) {
    throw new AppError('session_live', 'A session is on air. Changing the bot would cut it off.', {
      hint: 'End the session first.',
    });
  }
}

/** The Discord account behind the sign-in; null for a person who came by mail. */
export async function readDiscordId(user: MgmtClient, caller: Caller): Promise<string | null> {
  const result = await user.from('users').select('discord_id').eq('id', caller.userId);
  return rowsOf(result, z.object({ discord_id: z.string().nullable() }))[0]?.discord_id ?? null;
}

/** Servers this tenant has claimed. */
export async function readClaimedGuilds(user: MgmtClient): Promise<string[]> {
  const result = await user.from('discord_servers').select('guild_id');
  return rowsOf(result, z.object({ guild_id: z.string() })).map((row) => row.guild_id);
}

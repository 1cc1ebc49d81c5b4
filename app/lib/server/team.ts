import type { Role } from '#lib/role.ts';
import { type Api, unwrap } from './api.ts';

export interface Member {
  id: string;
  display_name: string;
  avatar_url: string | null;
  email: string | null;
  role: Role;
  created_at: string;
  last_login_at: string | null;
}

export interface OpenInvite {
  id: string;
  role: Role;
  discord_id: string | null;
  email: string | null;
  note: string | null;
  expires_at: string;
  invited_by: string | null;
}

/** Everybody at the table, Owners first, and the invitations that somebody can still take. */
export async function readTeam(api: Api): Promise<{ members: Member[]; invites: OpenInvite[] }> {
  const [members, invites] = await Promise.all([
    api
      .from('users')
      .select('id, display_name, avatar_url, email, role, created_at, last_login_at')
      .is('deleted_at', null)
      .order('created_at')
      .then(unwrap),
    api
      .from('invites')
      .select('id, role, discord_id, email, note, expires_at, invited_by')
      .is('used_at', null)
      .is('revoked_at', null)
      .gt('expires_at', new Date().toISOString())
      .order('created_at', { ascending: false })
      .then(unwrap),
  ]);
  const order: Role[] = ['super_admin', 'tenant_owner', 'dm', 'viewer'];
  return {
    members: (members as Member[]).sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role)),
    invites: invites as OpenInvite[],
  };
}

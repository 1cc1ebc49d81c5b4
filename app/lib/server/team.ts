import type { Role } from '#lib/role.ts';
import { type Api, unwrap } from './api.ts';

export interface Member {
  id: string;
  display_name: string;
  avatar_url: string | null;
  /** For Owners. */
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
  return { members: ownersFirst(members as Member[]), invites: invites as OpenInvite[] };
}

/** Who is at the table, for Dungeon Masters: no addresses, no invitations. */
export async function readNames(api: Api): Promise<{ members: Member[]; invites: OpenInvite[] }> {
  const rows = unwrap(
    await api.from('members').select('id, display_name, avatar_url, role, created_at').order('created_at'),
  );
  const members = rows.map((row) => ({ ...row, email: null, last_login_at: null }) as Member);
  return { members: ownersFirst(members), invites: [] };
}

function ownersFirst(members: Member[]): Member[] {
  const order: Role[] = ['super_admin', 'tenant_owner', 'dm', 'viewer'];
  return members.sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
}

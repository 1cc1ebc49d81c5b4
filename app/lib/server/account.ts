import { error, isHttpError, redirect } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import { errorStatus } from '#domain/errors.ts';
import { unwrap } from './api.ts';

export type Role = 'viewer' | 'dm' | 'tenant_owner' | 'super_admin';

/** `mgmt.me()`: who asks, whose table, on which plan, and what is on air. Null means unlimited in `plan`. */
export interface Account {
  user: { id: string; display_name: string; avatar_url: string | null; role: Role; email: string | null };
  tenant: {
    id: string;
    name: string;
    campaign_id: string | null;
    bot_set: boolean;
    bot_last_four: string | null;
    guild_ids: string[] | null;
  };
  plan: { id: string; name: string } & Record<string, unknown>;
  subscription: {
    status: string;
    trial_end: string | null;
    current_period_end: string | null;
    cancel_at_period_end: boolean;
    grace_period_end: string | null;
  } | null;
  preferences: Preferences;
  mode: 'selfhosted' | 'licensed' | 'managed';
  live_sessions: LiveSession[];
  owners: string[];
}

export interface LiveSession {
  id: string;
  campaign_id: string;
  campaign_name: string;
  state: 'pending' | 'active';
  started_at: string;
  activated_at: string | null;
}

/** What a person chose, kept with the account. */
export interface Preferences {
  theme?: string;
  language?: string;
  last_campaign_id?: string;
  hidden_checklist?: string[];
}

const rank: Record<Role, number> = { viewer: 0, dm: 1, tenant_owner: 2, super_admin: 3 };

export function hasRole(role: Role, minimum: Role): boolean {
  return rank[role] >= rank[minimum];
}

/** `mgmt.me()`, or a redirect: to /login when nobody is signed in, to /welcome when the person has no table. */
export async function readAccount(event: RequestEvent): Promise<Account> {
  const { api, session } = event.locals;
  if (!session) redirect(303, loginPath(event));
  try {
    return unwrap(await api.rpc('me')) as Account;
  } catch (refused) {
    if (isHttpError(refused) && refused.body.code === 'signed_out') {
      // The cookies hold a session that the API no longer accepts. Left in place, /login would lead back here.
      await api.auth.signOut({ scope: 'local' });
      redirect(303, loginPath(event));
    }
    if (isHttpError(refused) && refused.body.code === 'no_account') redirect(303, '/welcome');
    throw refused;
  }
}

/** The account, if its role is at least `minimum`; else 403 with the names of those who may. */
export async function requireRole(event: RequestEvent, minimum: Role): Promise<Account> {
  const account = await event.locals.account();
  if (!hasRole(account.user.role, minimum)) {
    error(errorStatus.forbidden, 'forbidden', { code: 'forbidden', owners: account.owners });
  }
  return account;
}

function loginPath(event: RequestEvent): string {
  const next = event.request.method === 'GET' ? event.url.pathname + event.url.search : '/dashboard';
  return `/login?${new URLSearchParams({ next })}`;
}

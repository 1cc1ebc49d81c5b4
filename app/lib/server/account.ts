import { error, isHttpError, redirect } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import { errorStatus } from '#domain/errors.ts';
import { hasRole, type Role } from '#lib/role.ts';
import { unwrapJson } from './api.ts';

export { hasRole };
export type { Role };

/** `mgmt.me()`: who asks, whose table, on which plan, and what is on air. */
export interface Account {
  user: { id: string; display_name: string; avatar_url: string | null; role: Role; email: string | null };
  tenant: {
    id: string;
    name: string;
    campaign_id: string | null;
    bot_set: boolean;
    bot_last_four: string | null;
    guild_ids: string[];
  };
  /** Null for a table without a plan. */
  plan: Plan | null;
  subscription: {
    status: string;
    trial_end: string | null;
    current_period_end: string | null;
    cancel_at_period_end: boolean;
    grace_period_end: string | null;
  } | null;
  /** What the table has more of than its plan plays. Null for players, and where nothing is sold. */
  above_plan: AbovePlan | null;
  preferences: Preferences;
  mode: 'selfhosted' | 'licensed' | 'managed';
  live_sessions: LiveSession[];
  owners: string[];
  /** Counted up to ten, which stands for more than nine. */
  unread_notifications: number;
}

/** Everything of it is kept. Null: not above. */
export interface AbovePlan {
  npcs: { campaign_id: string; campaign: string; count: number; allowed: number }[];
  campaigns: { count: number; allowed: number } | null;
  seats: { count: number; allowed: number } | null;
}

/** Null limits mean unlimited. */
export interface Plan {
  id: string;
  name: string;
  session_cap: number | null;
  max_session_hours: number | null;
  max_npcs: number | null;
  max_campaigns: number | null;
  max_seats: number | null;
  max_concurrent_sessions: number | null;
  llm_tier: string;
  voice_tier: string;
  custom_voices: boolean;
  knowledge_graph: boolean;
  priority_support: boolean;
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
  /** Where each campaign was played last. */
  last_channels?: Record<string, { guild_id: string; channel_id: string }>;
}

/** `mgmt.me()`, or a redirect: to /login when nobody is signed in, to /welcome when the person has no table. */
export async function readAccount(event: RequestEvent): Promise<Account> {
  const { api, session } = event.locals;
  if (!session) redirect(303, loginPath(event));
  try {
    return unwrapJson<Account>(await api.rpc('me'));
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

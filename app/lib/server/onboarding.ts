import { redirect } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import { hasRole } from '#lib/role.ts';
import { type Account, requireRole } from './account.ts';
import { unwrap, unwrapJson } from './api.ts';

/** The first steps in their order. A Dungeon Master who is not the owner has only the last two. */
export const welcomeSteps = ['campaign', 'bot', 'server', 'npc', 'ready'] as const;
export type WelcomeStep = (typeof welcomeSteps)[number];

/** `mgmt.onboarding_state()`: which steps are done. */
export interface Onboarding {
  campaign: boolean;
  bot: boolean;
  server: boolean;
  npc: boolean;
  session: boolean;
  campaign_id: string | null;
}

export async function readOnboarding(event: RequestEvent): Promise<{ account: Account; done: Onboarding }> {
  const [account, state] = await Promise.all([requireRole(event, 'dm'), event.locals.api.rpc('onboarding_state')]);
  return { account, done: unwrapJson<Onboarding>(state) };
}

/** Steps that this person may take. */
export function stepsOf(account: Account): WelcomeStep[] {
  const owns = hasRole(account.user.role, 'tenant_owner');
  return welcomeSteps.filter((step) => owns || step === 'npc' || step === 'ready');
}

/** Only owners name the table's campaign and connect Discord. */
export async function requireOwner(event: RequestEvent): Promise<Account> {
  return requireRole(event, 'tenant_owner');
}

/** The campaign that the first steps are about: the table's default one, else the oldest. */
export async function firstCampaign(
  event: RequestEvent,
): Promise<{ id: string; name: string; system: string; language: string; description: string }> {
  const account = await event.locals.account();
  const rows = unwrap(
    await event.locals.api
      .from('campaigns')
      .select('id, name, system, language, description')
      .is('deleted_at', null)
      .is('archived_at', null)
      .order('created_at'),
  );
  const campaign = rows.find(({ id }) => id === account.tenant.campaign_id) ?? rows[0];
  if (!campaign) redirect(303, '/campaigns/new');
  return campaign;
}

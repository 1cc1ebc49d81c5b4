import { hasRole } from '#lib/role.ts';
import type { Account } from '#lib/server/account.ts';

const dayMs = 86_400_000;
const trialWarningDays = 5;
const trialOverDays = 7;
const graceDays = 7;

interface Situation {
  account: Account;
  online: boolean;
  newVersion: boolean;
  now: number;
  closed: (key: string) => boolean;
}

/** `key` changes with the state, so that a closed banner stays closed only until then. */
export type UrgentBanner = { key: string; closable: boolean } & (
  | { kind: 'offline' | 'incomplete' | 'paused' | 'trial_over' | 'no_bot' | 'new_version' }
  | { kind: 'suspended'; since: Date | null }
  | { kind: 'past_due' | 'canceled'; until: Date }
  | { kind: 'trial'; until: Date; days: number }
  /** The first of what is above the plan, and how many more there are. */
  | { kind: 'above_plan'; campaign: string; count: number; allowed: number }
  | { kind: 'above_campaigns' | 'above_seats'; count: number; allowed: number }
);

/** One at a time, the most urgent first (screens document, section 2.3). Money is nobody's worry but the leaders'. */
export function urgentBanner(situation: Situation): UrgentBanner | null {
  return candidates(situation).find((banner) => !banner.closable || !situation.closed(banner.key)) ?? null;
}

function candidates({ account, online, newVersion, now }: Situation): UrgentBanner[] {
  const { subscription, user, tenant, mode, live_sessions } = account;
  const leads = hasRole(user.role, 'dm');
  const owns = hasRole(user.role, 'tenant_owner');
  const found: UrgentBanner[] = [];
  if (!online) found.push({ kind: 'offline', key: 'offline', closable: false });
  if (mode === 'managed' && leads && subscription) {
    const { status, current_period_end: end, grace_period_end: grace, trial_end: trial } = subscription;
    const today = new Date(now).toISOString().slice(0, 10);
    if (status === 'suspended') {
      const since = grace ? new Date(Date.parse(grace) - graceDays * dayMs) : null;
      found.push({ kind: 'suspended', key: status, closable: false, since });
    }
    if (status === 'past_due' && grace) {
      found.push({ kind: 'past_due', key: `past_due:${today}`, closable: true, until: new Date(grace) });
    }
    if (owns && (status === 'incomplete' || status === 'paused')) {
      found.push({ kind: status, key: status, closable: false });
    }
    if ((status === 'canceled' || subscription.cancel_at_period_end) && end && Date.parse(end) > now) {
      found.push({ kind: 'canceled', key: `canceled:${end}`, closable: true, until: new Date(end) });
    }
    if (owns && trial) {
      const left = Date.parse(trial) - now;
      if (status === 'trialing' && left > 0 && left <= trialWarningDays * dayMs) {
        const days = Math.ceil(left / dayMs);
        found.push({ kind: 'trial', key: `trial:${trial}`, closable: true, until: new Date(trial), days });
      }
      if (account.plan?.id === 'apprentice' && left <= 0 && left > -trialOverDays * dayMs) {
        found.push({ kind: 'trial_over', key: `trial_over:${trial}`, closable: true });
      }
    }
  }
  if (leads) found.push(...abovePlan(account));
  if (owns && !tenant.bot_set) found.push({ kind: 'no_bot', key: 'no_bot', closable: true });
  // A running session is sacred: no reload is offered while one is on air.
  if (newVersion && live_sessions.length === 0) found.push({ kind: 'new_version', key: 'new_version', closable: true });
  return found;
}

/** What a smaller plan left over. Closed until it is something else. */
function abovePlan({ above_plan: above, plan }: Account): UrgentBanner[] {
  if (!above) return [];
  const key = (what: string, count: number) => `above:${plan?.id}:${what}:${count}`;
  const found: UrgentBanner[] = above.npcs.slice(0, 1).map(({ campaign_id, campaign, count, allowed }) => ({
    kind: 'above_plan',
    key: key(campaign_id, count),
    closable: true,
    campaign,
    count,
    allowed,
  }));
  const { campaigns, seats } = above;
  if (campaigns) {
    found.push({ kind: 'above_campaigns', key: key('campaigns', campaigns.count), closable: true, ...campaigns });
  }
  if (seats) found.push({ kind: 'above_seats', key: key('seats', seats.count), closable: true, ...seats });
  return found;
}

import { hasRole } from '#lib/role.ts';
import type { Account } from '#lib/server/account.ts';

const dayMs = 86_400_000;
const trialWarningDays = 5;
const trialOverDays = 7;

interface Situation {
  account: Account;
  online: boolean;
  newVersion: boolean;
  now: number;
  closed: (key: string) => boolean;
}

/** `key` changes with the state, so that a closed banner stays closed only until then. */
export type UrgentBanner = { key: string; closable: boolean } & (
  | { kind: 'offline' | 'suspended' | 'trial_over' | 'no_bot' | 'new_version' }
  | { kind: 'past_due' | 'canceled' | 'trial'; until: Date }
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
    if (status === 'suspended') found.push({ kind: 'suspended', key: status, closable: false });
    if (status === 'past_due' && grace) {
      found.push({ kind: 'past_due', key: `past_due:${today}`, closable: true, until: new Date(grace) });
    }
    if ((status === 'canceled' || subscription.cancel_at_period_end) && end && Date.parse(end) > now) {
      found.push({ kind: 'canceled', key: `canceled:${end}`, closable: true, until: new Date(end) });
    }
    if (owns && trial) {
      const left = Date.parse(trial) - now;
      if (status === 'trialing' && left > 0 && left <= trialWarningDays * dayMs) {
        found.push({ kind: 'trial', key: `trial:${trial}`, closable: true, until: new Date(trial) });
      }
      if (account.plan?.id === 'apprentice' && left <= 0 && left > -trialOverDays * dayMs) {
        found.push({ kind: 'trial_over', key: `trial_over:${trial}`, closable: true });
      }
    }
  }
  if (owns && !tenant.bot_set) found.push({ kind: 'no_bot', key: 'no_bot', closable: true });
  // A running session is sacred: no reload is offered while one is on air.
  if (newVersion && live_sessions.length === 0) found.push({ kind: 'new_version', key: 'new_version', closable: true });
  return found;
}

import { m } from '#lib/paraglide/messages.js';
import { planName } from '#lib/plan-name.ts';

type Tone = 'neutral' | 'brass' | 'success' | 'warning' | 'danger' | 'info';

const statuses: Record<string, { tone: Tone; text: () => string }> = {
  active: { tone: 'success', text: m.ops_status_active },
  trialing: { tone: 'info', text: m.ops_status_trialing },
  past_due: { tone: 'warning', text: m.ops_status_past_due },
  suspended: { tone: 'danger', text: m.ops_status_suspended },
  incomplete: { tone: 'warning', text: m.ops_status_incomplete },
  paused: { tone: 'neutral', text: m.ops_status_paused },
  canceled: { tone: 'neutral', text: m.ops_status_canceled },
};

/** The state of a subscription; one we have no word for is shown as it is. */
export function statusName(status: string | null): { tone: Tone; text: string } {
  const known = status === null ? undefined : statuses[status];
  return known ? { tone: known.tone, text: known.text() } : { tone: 'neutral', text: status ?? m.ops_status_none() };
}

export function planById(id: string | null): string {
  return planName(id === null ? null : { id, name: id });
}

const outcomes: Record<string, () => string> = {
  applied: m.ops_outcome_applied,
  stale: m.ops_outcome_stale,
  ignored: m.ops_outcome_ignored,
  failed: m.ops_outcome_failed,
};

/** What became of a message of Stripe; without an outcome it still waits. */
export function outcomeName(outcome: string | null): string {
  return outcome === null ? m.ops_waiting() : (outcomes[outcome]?.() ?? outcome);
}

const features: Record<string, () => string> = {
  voice_cloning: m.license_voice_cloning,
  priority_support: m.license_priority_support,
  analytics: m.license_analytics,
};

export function featureName(feature: string): string {
  return features[feature]?.() ?? feature;
}

const signIns: Record<string, () => string> = { email: m.ops_sign_in_email };

/** Brands are called as they are. */
export function signInName(way: string): string {
  return signIns[way]?.() ?? `${way.slice(0, 1).toUpperCase()}${way.slice(1)}`;
}

import { day, money, number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { AbovePlan } from '#lib/server/account.ts';
import type { Interval, PricedPlan } from './plan.ts';

/** "$9.00 a month" */
export function amountPer(cents: number, currency: string, interval: Interval): string {
  const amount = money(cents, currency);
  return interval === 'yearly' ? m.billing_a_year({ amount }) : m.billing_a_month({ amount });
}

/** A limit as a word: null is unlimited. */
export function limit(value: number | null): string {
  return value === null ? m.plans_unlimited() : number(value);
}

export function hours(value: number | null): string {
  return value === null ? m.plans_unlimited() : m.plans_hours({ hours: number(value) });
}

/** Which voices a plan has. */
export function voices({
  voice_tier: tier,
  custom_voices: own,
}: Pick<PricedPlan, 'voice_tier' | 'custom_voices'>): string {
  const known: Record<string, () => string> = {
    basic: m.plans_voices_basic,
    standard: m.plans_voices_standard,
    premium: own ? m.plans_voices_own : m.plans_voices_premium,
  };
  return known[tier]?.() ?? tier;
}

/** For whom a plan is. */
export function forWhom(plan: { id: string }): string | null {
  const known: Record<string, () => string> = {
    apprentice: m.plans_for_apprentice,
    adventurer: m.plans_for_adventurer,
    dungeon_master: m.plans_for_dungeon_master,
    guild: m.plans_for_guild,
  };
  return known[plan.id]?.() ?? null;
}

/** What a table has above a plan, a sentence each. */
export function aboveInWords(above: AbovePlan | null, plan: string): string[] {
  if (!above) return [];
  return [
    ...above.npcs.map(({ campaign, count, allowed }) =>
      m.plans_above_npcs({ campaign, count: number(count), plan, allowed: number(allowed) }),
    ),
    ...(above.campaigns
      ? [
          m.plans_above_campaigns({
            count: number(above.campaigns.count),
            plan,
            allowed: number(above.campaigns.allowed),
          }),
        ]
      : []),
    ...(above.seats
      ? [m.plans_above_seats({ count: number(above.seats.count), plan, allowed: number(above.seats.allowed) })]
      : []),
  ];
}

/** "1 December" of an ISO time. */
export function onDay(time: string | Date): string {
  return day(new Date(time));
}

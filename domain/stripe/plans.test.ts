import { expect, test } from 'vitest';
import { choiceOf, kindOfChange, type Plan, type PlanChoice } from './plans.ts';

function plan(id: string, tier: number): Plan {
  const free = tier === 0;
  return {
    id,
    name: id,
    tier_order: tier,
    price_monthly_cents: tier * 900,
    price_yearly_cents: free ? null : tier * 9000,
    currency: 'usd',
    lookup_key_monthly: free ? null : `${id}_monthly`,
    lookup_key_yearly: free ? null : `${id}_yearly`,
  };
}

const apprentice = plan('apprentice', 0);
const adventurer = plan('adventurer', 1);
const guild = plan('guild', 3);
const monthly = (of: Plan): PlanChoice => ({ plan: of, interval: 'monthly' });
const yearly = (of: Plan): PlanChoice => ({ plan: of, interval: 'yearly' });

test.each([
  [monthly(adventurer), monthly(guild), 'upgrade'],
  [yearly(adventurer), monthly(guild), 'upgrade'],
  [monthly(adventurer), yearly(adventurer), 'upgrade'],
  [yearly(adventurer), monthly(adventurer), 'downgrade'],
  [monthly(guild), yearly(adventurer), 'downgrade'],
  [yearly(guild), monthly(adventurer), 'downgrade'],
  [monthly(guild), monthly(apprentice), 'cancel'],
  [yearly(guild), yearly(apprentice), 'cancel'],
  [yearly(guild), yearly(guild), 'same'],
] as const)('from %o to %o', (from, to, kind) => {
  expect(kindOfChange(from, to)).toBe(kind);
});

test('a price is known by its lookup key, and by its metadata once the key has moved on', () => {
  const plans = [apprentice, adventurer, guild];
  expect(choiceOf(plans, { lookup_key: 'guild_yearly', metadata: {} })).toEqual(yearly(guild));
  const old = { lookup_key: null, metadata: { plan_id: 'guild', interval: 'monthly' } };
  expect(choiceOf(plans, old)).toEqual(monthly(guild));
  expect(choiceOf(plans, { lookup_key: 'somebody_elses', metadata: old.metadata })).toBeUndefined();
  expect(choiceOf(plans, { lookup_key: null, metadata: {} })).toBeUndefined();
});

import { expect, test } from 'vitest';
import { standingOf, type Subscription } from './standing.ts';

const row: Subscription = {
  plan_id: 'adventurer',
  next_plan_id: null,
  next_billing_interval: null,
  status: 'active',
  billing_interval: 'monthly',
  stripe_subscription_id: 'sub_1',
  current_period_end: '2026-12-01T00:00:00Z',
  trial_end: null,
  cancel_at_period_end: false,
  grace_period_end: null,
};
const stand = (changes: Partial<Subscription>, status?: string, plan = changes.plan_id ?? row.plan_id) =>
  standingOf({ ...row, ...changes }, { status: status ?? changes.status ?? row.status, plan });

test('what is paid renews, what is canceled ends, what is planned changes', () => {
  expect(stand({})).toEqual({ kind: 'active', next: new Date('2026-12-01T00:00:00Z') });
  expect(stand({ cancel_at_period_end: true })).toMatchObject({ kind: 'ending' });
  expect(stand({ next_plan_id: 'apprentice', next_billing_interval: 'monthly' })).toMatchObject({
    kind: 'changing',
    plan: 'apprentice',
  });
  expect(stand({ cancel_at_period_end: true, next_plan_id: 'apprentice' })).toMatchObject({ kind: 'ending' });
});

test('a payment that is open is said before what is planned', () => {
  const open = { grace_period_end: '2026-11-08T00:00:00Z', cancel_at_period_end: true };
  expect(stand({ ...open, status: 'past_due' })).toEqual({
    kind: 'past_due',
    until: new Date('2026-11-08T00:00:00Z'),
  });
  // The grace has run out; the job that writes it down has not come by yet.
  expect(stand({ ...open, status: 'past_due' }, 'suspended')).toEqual({
    kind: 'suspended',
    since: new Date('2026-11-01T00:00:00Z'),
  });
});

test('a trial without a card is a trial until it is over, then the free plan', () => {
  const trial = { status: 'trialing', stripe_subscription_id: null, trial_end: '2026-12-01T00:00:00Z' };
  expect(stand(trial)).toEqual({ kind: 'trial', until: new Date('2026-12-01T00:00:00Z') });
  expect(stand(trial, 'active', 'apprentice')).toEqual({ kind: 'free' });
});

test('the free plan, no row, and what is over', () => {
  expect(standingOf(null, { status: 'none', plan: undefined })).toEqual({ kind: 'free' });
  expect(stand({ plan_id: 'apprentice', stripe_subscription_id: null })).toEqual({ kind: 'free' });
  expect(stand({ status: 'canceled' })).toEqual({ kind: 'over' });
  expect(stand({ status: 'incomplete' })).toEqual({ kind: 'incomplete' });
});

import { expect, test } from 'vitest';
import type { Account } from '#lib/server/account.ts';
import { urgentBanner } from './urgent-banner.ts';

const now = Date.parse('2026-11-21T20:00:00Z');
const account = {
  user: { id: 'u', display_name: 'Alice', avatar_url: null, role: 'tenant_owner', email: null },
  tenant: { id: 't', name: 'T', campaign_id: null, bot_set: true, bot_last_four: null, guild_ids: [] },
  plan: null,
  subscription: null,
  above_plan: null,
  preferences: {},
  mode: 'managed',
  live_sessions: [],
  owners: ['Alice'],
  unread_notifications: 0,
} satisfies Account as Account;
const subscription = {
  status: 'active',
  trial_end: null,
  current_period_end: '2026-12-01T00:00:00Z',
  cancel_at_period_end: false,
  grace_period_end: null,
};
const show = (changes: Partial<Account>, more: { online?: boolean; newVersion?: boolean; closed?: string[] } = {}) =>
  urgentBanner({
    account: { ...account, ...changes },
    online: more.online ?? true,
    newVersion: more.newVersion ?? false,
    now,
    closed: (key) => more.closed?.includes(key) ?? false,
  })?.kind ?? null;

test('nothing urgent, no banner', () => {
  expect(show({ subscription })).toBeNull();
});

test('a lost connection comes before money, money before the trial', () => {
  const suspended = { ...subscription, status: 'suspended', trial_end: '2026-11-23T00:00:00Z' };
  expect(show({ subscription: suspended }, { online: false })).toBe('offline');
  expect(show({ subscription: suspended })).toBe('suspended');
});

test('the trial is mentioned in its last five days only, to owners only, and stays closed', () => {
  const trialing = (trial_end: string) => ({ ...subscription, status: 'trialing', trial_end });
  expect(show({ subscription: trialing('2026-11-27T20:00:00Z') })).toBeNull();
  expect(show({ subscription: trialing('2026-11-24T20:00:00Z') })).toBe('trial');
  const over = { ...trialing('2026-11-20T20:00:00Z'), status: 'active' };
  const plan = { id: 'apprentice' } as Account['plan'];
  expect(show({ subscription: over, plan })).toBe('trial_over');
  expect(show({ subscription: { ...over, trial_end: '2026-11-10T20:00:00Z' }, plan })).toBeNull();
  expect(
    show({ subscription: trialing('2026-11-24T20:00:00Z') }, { closed: ['trial:2026-11-24T20:00:00Z'] }),
  ).toBeNull();
  expect(show({ subscription: trialing('2026-11-24T20:00:00Z'), user: { ...account.user, role: 'dm' } })).toBeNull();
});

test('players hear nothing of money, self-hosters neither', () => {
  const suspended = { ...subscription, status: 'suspended' };
  expect(show({ subscription: suspended, user: { ...account.user, role: 'viewer' } })).toBeNull();
  expect(show({ subscription: suspended, mode: 'selfhosted' })).toBeNull();
});

test('what waits at Stripe is said to owners and cannot be closed', () => {
  const closed = { closed: ['incomplete', 'paused'] };
  expect(show({ subscription: { ...subscription, status: 'incomplete' } }, closed)).toBe('incomplete');
  expect(show({ subscription: { ...subscription, status: 'paused' } }, closed)).toBe('paused');
  const dm = { ...account.user, role: 'dm' as const };
  expect(show({ subscription: { ...subscription, status: 'incomplete' }, user: dm })).toBeNull();
});

test('a suspension names the day on which the payment failed', () => {
  const subject = { ...subscription, status: 'suspended', grace_period_end: '2026-11-20T20:00:00Z' };
  const banner = urgentBanner({
    account: { ...account, subscription: subject },
    online: true,
    newVersion: false,
    now,
    closed: () => false,
  });
  expect(banner).toMatchObject({ kind: 'suspended', since: new Date('2026-11-13T20:00:00Z') });
});

test('a plan that was ended and still runs is said to those who lead, and closed for good', () => {
  const ending = { ...subscription, cancel_at_period_end: true };
  expect(show({ subscription: ending })).toBe('canceled');
  expect(show({ subscription: ending, user: { ...account.user, role: 'dm' } })).toBe('canceled');
  expect(show({ subscription: ending }, { closed: ['canceled:2026-12-01T00:00:00Z'] })).toBeNull();
  expect(show({ subscription: { ...ending, current_period_end: '2026-11-01T00:00:00Z' } })).toBeNull();
});

test('what is above the plan is said once, NPCs first, and again when it is something else', () => {
  const npcs = [{ campaign_id: 'c', campaign: 'Rabenheim', count: 6, allowed: 2 }];
  const above = { npcs, campaigns: { count: 3, allowed: 1 }, seats: null };
  const plan = { id: 'apprentice' } as Account['plan'];
  expect(show({ subscription, plan, above_plan: above })).toBe('above_plan');
  const closed = ['above:apprentice:c:6'];
  expect(show({ subscription, plan, above_plan: above }, { closed })).toBe('above_campaigns');
  const seven = { ...above, npcs: [{ ...npcs[0]!, count: 7 }] };
  expect(show({ subscription, plan, above_plan: seven }, { closed })).toBe('above_plan');
});

test('no new version is offered while a session runs', () => {
  const live = {
    id: 's',
    campaign_id: 'c',
    campaign_name: 'C',
    state: 'active' as const,
    started_at: '2026-11-21T19:00:00Z',
    activated_at: '2026-11-21T19:00:30Z',
  };
  expect(show({}, { newVersion: true })).toBe('new_version');
  expect(show({ live_sessions: [live] }, { newVersion: true })).toBeNull();
});

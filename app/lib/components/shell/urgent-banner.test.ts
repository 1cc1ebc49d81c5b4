import { expect, test } from 'vitest';
import type { Account } from '#lib/server/account.ts';
import { urgentBanner } from './urgent-banner.ts';

const now = Date.parse('2026-11-21T20:00:00Z');
const account = {
  user: { id: 'u', display_name: 'Alice', avatar_url: null, role: 'tenant_owner', email: null },
  tenant: { id: 't', name: 'T', campaign_id: null, bot_set: true, bot_last_four: null, guild_ids: [] },
  plan: null,
  subscription: null,
  preferences: {},
  mode: 'managed',
  live_sessions: [],
  owners: ['Alice'],
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

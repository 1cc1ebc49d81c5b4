import { expect, test } from 'vitest';
import type { Quota, StartFacts, VoiceChannel } from './start-checks.ts';
import { mayStart, startChecks } from './start-checks.ts';

const channel: VoiceChannel = { id: 'v1', name: 'Tavern', category: null, position: 0, missing: [] };
const quota: Quota = {
  allowed: true,
  code: null,
  message: null,
  hint: null,
  cap: 8,
  used: 5,
  pending: 0,
  left: 3,
  period_end: '2026-12-01T00:00:00Z',
  concurrent: { max: 1, live: 0 },
  max_session_hours: 4,
  npcs: { max: 10, used: 2 },
};
const facts: StartFacts = {
  botSet: true,
  campaign: { id: 'c1', npcs: 2 },
  serverId: 'g1',
  channel,
  channelsKnown: true,
  live: [],
  quota,
};
const verdicts = (change: Partial<StartFacts>) =>
  Object.fromEntries(startChecks({ ...facts, ...change }).map((each) => [each.id, each.verdict]));
const find = (id: string, change: Partial<StartFacts>) =>
  startChecks({ ...facts, ...change }).find((each) => each.id === id);

test('everything ticks when everything is in order', () => {
  expect(verdicts({})).toEqual({ bot: 'yes', npcs: 'yes', channel: 'yes', free: 'yes', quota: 'yes' });
  expect(mayStart(startChecks(facts), facts)).toBe(true);
});

test('names what stands against it', () => {
  expect(verdicts({ botSet: false }).bot).toBe('no');
  expect(verdicts({ campaign: { id: 'c1', npcs: 0 } }).npcs).toBe('no');
  expect(find('npcs', { campaign: { id: 'c1', npcs: 12 } })).toMatchObject({ verdict: 'no', max: 10, used: 12 });
  expect(find('channel', { channel: { ...channel, missing: ['speak'] } })).toMatchObject({
    verdict: 'no',
    missing: ['speak'],
  });
});

test('leads to what is on air already', () => {
  const here = { id: 's1', campaign_id: 'c1', campaign_name: 'Rabenheim', guild_id: 'g9' };
  const there = { id: 's2', campaign_id: 'c2', campaign_name: 'Mine', guild_id: 'g1' };
  expect(find('free', { live: [here] })).toMatchObject({ verdict: 'no', why: 'campaign', running: { id: 's1' } });
  expect(find('free', { live: [there] })).toMatchObject({ verdict: 'no', why: 'server', running: { id: 's2' } });
  const full = { ...quota, allowed: false, code: 'concurrent_limit', concurrent: { max: 1, live: 1 } };
  const far = { ...there, guild_id: 'g8' };
  expect(find('free', { live: [far], quota: full })).toMatchObject({ why: 'concurrent', running: { id: 's2' } });
  expect(verdicts({ live: [far], quota: full }).quota).toBe('yes');
});

test("passes on the quota's own reason", () => {
  const spent = { ...quota, allowed: false, code: 'session_cap_reached', message: 'All 8 sessions are played.' };
  expect(find('quota', { quota: spent })).toEqual({
    id: 'quota',
    verdict: 'no',
    code: 'session_cap_reached',
    message: 'All 8 sessions are played.',
  });
});

test('what is not chosen is open, and the button waits', () => {
  const unchosen = { ...facts, channel: null };
  expect(verdicts({ channel: null }).channel).toBe('open');
  expect(mayStart(startChecks(unchosen), unchosen)).toBe(false);
});

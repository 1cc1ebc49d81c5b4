import { expect, test } from 'vitest';
import {
  answered,
  broadcast,
  countHeard,
  isMuted,
  nextCall,
  refused,
  settleIdle,
  started,
  toVoices,
  wish,
} from './mutes.ts';

const begin = () =>
  toVoices([
    { name: 'Greta', muted: false },
    { name: 'Osric', muted: true },
  ]);

test('a wish shows at once and is settled by its answer', () => {
  let voices = wish(begin(), 'Greta', true);
  expect(isMuted(voices.get('Greta')!)).toBe(true);
  expect(nextCall(voices, 'Greta')).toEqual({ name: 'Greta', muted: true });
  voices = answered(started(voices, 'Greta'), 'Greta', true);
  expect(voices.get('Greta')).toMatchObject({ muted: true, wish: null, busy: false });
});

test('of quick taps one is under way and the last wish wins', () => {
  let voices = started(wish(begin(), 'Greta', true), 'Greta');
  voices = wish(wish(wish(voices, 'Greta', false), 'Greta', true), 'Greta', false);
  expect(nextCall(voices, 'Greta')).toBeNull();
  voices = answered(voices, 'Greta', true);
  expect(isMuted(voices.get('Greta')!)).toBe(false);
  expect(nextCall(voices, 'Greta')).toEqual({ name: 'Greta', muted: false });
});

test('a wish that came back to what already is needs no call', () => {
  const voices = settleIdle(wish(wish(begin(), 'Greta', true), 'Greta', false), 'Greta');
  expect(nextCall(voices, 'Greta')).toBeNull();
  expect(voices.get('Greta')!.wish).toBeNull();
});

test('a refusal puts it back and keeps the code until the next wish', () => {
  const voices = refused(started(wish(begin(), 'Greta', true), 'Greta'), 'Greta', 'gateway_unavailable');
  expect(isMuted(voices.get('Greta')!)).toBe(false);
  expect(voices.get('Greta')!.refused).toBe('gateway_unavailable');
  expect(wish(voices, 'Greta', true).get('Greta')!.refused).toBeNull();
});

test("another person's change shows, but not over a wish that is under way", () => {
  const theirs = broadcast(begin(), null, true);
  expect([...theirs.values()].every(isMuted)).toBe(true);
  const mine = broadcast(started(wish(begin(), 'Osric', false), 'Osric'), 'Osric', true);
  expect(isMuted(mine.get('Osric')!)).toBe(false);
});

test('counts who can be heard', () => {
  expect(countHeard(begin())).toBe(1);
});

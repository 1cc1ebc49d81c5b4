import { expect, test } from 'vitest';
import type { SessionRow } from './session-state.ts';
import { applyState, failureReason, isRunning, sessionState } from './session-state.ts';

const start = Date.parse('2026-11-18T19:00:00Z');
const at = (seconds: number) => start + seconds * 1000;
const iso = (seconds: number) => new Date(at(seconds)).toISOString();

function row(change: Partial<SessionRow> = {}): SessionRow {
  return {
    id: 's1',
    campaign_id: 'c1',
    campaign_name: 'Rabenheim',
    guild_id: 'g1',
    channel_id: 'v1',
    state: 'active',
    error: null,
    started_at: iso(0),
    activated_at: iso(4),
    ended_at: null,
    last_heartbeat: iso(100),
    ...change,
  };
}

test('pending is starting for three minutes and lost after', () => {
  const pending = row({ state: 'pending', activated_at: null, last_heartbeat: null });
  expect(sessionState(pending, at(48))).toEqual({ kind: 'starting', forMs: 48_000 });
  expect(sessionState(pending, at(180)).kind).toBe('starting');
  expect(sessionState(pending, at(181)).kind).toBe('lost');
});

test('on air needs a sign of life of the last 45 s, and comes back with the next one', () => {
  expect(sessionState(row(), at(112))).toEqual({ kind: 'on_air', forMs: 112_000, heartbeatAgeMs: 12_000 });
  expect(sessionState(row(), at(145)).kind).toBe('on_air');
  expect(sessionState(row(), at(165))).toEqual({ kind: 'no_sign', forMs: 65_000 });
  expect(sessionState(row({ last_heartbeat: iso(160) }), at(165)).kind).toBe('on_air');
});

test('before the first heartbeat the activation is the sign of life', () => {
  expect(sessionState(row({ last_heartbeat: null }), at(40)).kind).toBe('on_air');
  expect(sessionState(row({ last_heartbeat: null }), at(50)).kind).toBe('no_sign');
});

test('an end that was asked for is ending until the row says ended', () => {
  expect(sessionState(row(), at(120), at(112))).toEqual({ kind: 'ending', forMs: 8000, confirmed: true });
  expect(sessionState(row(), at(142), at(112))).toMatchObject({ kind: 'ending', confirmed: false });
  expect(sessionState(row({ state: 'ended', ended_at: iso(130) }), at(142), at(112)).kind).toBe('ended');
});

test('an ended session counts from its sixtieth second on air', () => {
  expect(sessionState(row({ state: 'ended', ended_at: iso(63.9) }), at(200))).toMatchObject({
    kind: 'ended',
    counts: false,
  });
  expect(sessionState(row({ state: 'ended', ended_at: iso(64) }), at(200))).toMatchObject({
    kind: 'ended',
    counts: true,
  });
  const never = row({ state: 'ended', activated_at: null, ended_at: iso(500) });
  expect(sessionState(never, at(900))).toMatchObject({ counts: false, lengthMs: 500_000 });
});

test('an end with an error is a failure with a reason', () => {
  const failed = sessionState(row({ state: 'ended', ended_at: iso(70), error: 'heartbeat timeout' }), at(90));
  expect(failed).toMatchObject({ kind: 'failed', reason: 'heartbeat', raw: 'heartbeat timeout' });
  expect(isRunning(failed)).toBe(false);
  expect(failureReason('stale pending session')).toBe('nobody_joined');
  expect(failureReason('kicked from voice channel')).toBe('kicked');
  expect(failureReason('no NPCs configured')).toBe('no_npcs');
  expect(failureReason('boom')).toBe('unknown');
});

test('a late broadcast neither revives a session nor makes its heartbeat older', () => {
  const ended = row({ state: 'ended', ended_at: iso(130) });
  expect(applyState(ended, { state: 'active', last_heartbeat: iso(125) })).toBe(ended);
  expect(applyState(row(), { state: 'active', last_heartbeat: iso(70) }).last_heartbeat).toBe(iso(100));
  expect(applyState(row(), { state: 'active', last_heartbeat: iso(130) }).last_heartbeat).toBe(iso(130));
  expect(applyState(row(), { state: 'ended', ended_at: iso(140), error: 'kicked' })).toMatchObject({
    state: 'ended',
    error: 'kicked',
  });
});

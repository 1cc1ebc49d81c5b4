import { Presence as ClientPresence } from '@supabase/phoenix';
import { expect, test } from 'vitest';
import { Presence, type PresenceState } from './presence.ts';

const ignore = () => undefined;

/** What a client sees that has applied the diffs one after the other, by the client library's own rules. */
function applied(state: PresenceState, diff: ReturnType<Presence<string>['takeDiff']>): PresenceState {
  return diff ? (ClientPresence.syncDiff(state as never, diff as never, ignore, ignore) as never) : state;
}

test('who tracks is in the state and in the next diff, once', () => {
  const presence = new Presence<string>();
  presence.track('tab 1', 'alice', { name: 'Alice' });
  const diff = presence.takeDiff();
  expect(diff?.joins.alice?.metas).toMatchObject([{ name: 'Alice', phx_ref: expect.any(String) }]);
  expect(diff?.leaves).toEqual({});
  expect(presence.state()).toEqual(diff?.joins);
  expect(presence.takeDiff()).toBeNull();
});

test('two tabs of one person are two metas of one key; closing one leaves the other', () => {
  const presence = new Presence<string>();
  presence.track('tab 1', 'alice', { tab: 1 });
  presence.track('tab 2', 'alice', { tab: 2 });
  let seen = applied({}, presence.takeDiff());
  expect(seen.alice?.metas.map((meta) => meta.tab)).toEqual([1, 2]);
  presence.untrack('tab 1');
  seen = applied(seen, presence.takeDiff());
  expect(seen.alice?.metas.map((meta) => meta.tab)).toEqual([2]);
  presence.untrack('tab 2');
  expect(applied(seen, presence.takeDiff())).toEqual({});
});

test('tracking again replaces the meta and names the one before', () => {
  const presence = new Presence<string>();
  presence.track('tab', 'alice', { page: 'npcs' });
  const seen = applied({}, presence.takeDiff());
  const before = seen.alice?.metas[0]?.phx_ref;
  presence.track('tab', 'alice', { page: 'lore' });
  expect(applied(seen, presence.takeDiff()).alice?.metas).toEqual([
    { page: 'lore', phx_ref: expect.any(String), phx_ref_prev: before },
  ]);
});

test('what came and went between two diffs is not told', () => {
  const presence = new Presence<string>();
  presence.track('tab', 'alice', {});
  presence.untrack('tab');
  expect(presence.takeDiff()).toBeNull();
  presence.track('tab', 'alice', { n: 1 });
  presence.track('tab', 'alice', { n: 2 });
  expect(presence.takeDiff()).toMatchObject({ joins: { alice: { metas: [{ n: 2 }] } }, leaves: {} });
});

test('a client cannot choose its reference or reach a prototype', () => {
  const presence = new Presence<string>();
  presence.track('tab', '__proto__', { phx_ref: 'mine' });
  const state = presence.state();
  expect(Object.keys(state)).toEqual(['__proto__']);
  expect(JSON.stringify(state)).not.toContain('mine');
  expect(({} as Record<string, unknown>).metas).toBeUndefined();
});

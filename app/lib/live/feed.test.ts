import { expect, test } from 'vitest';
import type { Feed, FeedEffect, FeedEvent } from './feed.ts';
import { newFeed, retryDelay, step } from './feed.ts';

/** Plays events at given seconds and remembers what the feed asked for. */
function play(...events: [seconds: number, event: FeedEvent | FeedEvent['type']][]) {
  let feed: Feed = newFeed(0);
  const effects: FeedEffect[][] = [];
  for (const [seconds, event] of events) {
    const given = (typeof event === 'string' ? { type: event } : event) as FeedEvent;
    const next = step(feed, given, seconds * 1000, 0.5);
    feed = next.feed;
    effects.push(next.effects);
  }
  return { feed, effects, last: effects.at(-1) };
}

const start = { type: 'start', online: true } as const;
const live: [number, FeedEvent | FeedEvent['type']][] = [
  [0, start],
  [0.1, 'joined'],
  [0.2, 'read_done'],
];

test('joins, then reads, then is live', () => {
  const { feed, effects } = play(...live);
  expect(effects).toEqual([['join'], ['read'], []]);
  expect(feed.phase).toEqual({ kind: 'live' });
  expect(feed.brokenAt).toBeNull();
});

test('tries again after 1, 2, 4, 8, then 15 s, spread by a fifth', () => {
  expect([1, 2, 3, 4, 5, 6, 9].map((attempt) => retryDelay(attempt, 0.5))).toEqual([
    1000, 2000, 4000, 8000, 15_000, 15_000, 15_000,
  ]);
  expect([retryDelay(3, 0), retryDelay(3, 1)]).toEqual([3200, 4800]);
});

test('a broken connection is dropped, named, and tried again when it is due', () => {
  const broken = play(...live, [10, 'lost']);
  expect(broken.feed.phase).toEqual({ kind: 'reconnecting', attempt: 1, retryAt: 11_000 });
  expect(broken.feed.brokenAt).toBe(10_000);
  expect(broken.last).toEqual(['leave', 'read']);
  expect(play(...live, [10, 'lost'], [10.9, 'tick']).last).toEqual([]);
  expect(play(...live, [10, 'lost'], [11, 'tick']).last).toEqual(['join']);
  expect(play(...live, [10, 'lost'], [11, 'tick'], [12, 'tick']).last).toEqual([]);
});

test('the break begins with the first loss and ends with the read after the join', () => {
  const events: [number, FeedEvent | FeedEvent['type']][] = [
    ...live,
    [10, 'lost'],
    [10.1, { type: 'read_failed', reason: 'unreachable' }],
    [11, 'tick'],
    [12, 'lost'],
  ];
  expect(play(...events).feed).toMatchObject({ brokenAt: 10_000, failedJoins: 2, phase: { retryAt: 14_000 } });
  const back = play(...events, [12.1, { type: 'read_failed', reason: 'unreachable' }], [14, 'tick'], [14.1, 'joined']);
  expect(back.last).toEqual(['read']);
  expect(back.feed.phase.kind).toBe('catching_up');
  expect(back.feed.brokenAt).toBe(10_000);
});

test('a read that began before the join does not count as catching up', () => {
  const { feed, effects } = play(...live, [10, 'lost'], [11, 'tick'], [11.1, 'joined'], [11.2, 'read_done']);
  expect(effects.at(-2)).toEqual([]);
  expect(effects.at(-1)).toEqual(['read']);
  expect(feed.phase.kind).toBe('catching_up');
  expect(step(feed, { type: 'read_done' }, 11_300, 0).feed.phase.kind).toBe('live');
});

test('counts what it fetches while catching up', () => {
  const events: [number, FeedEvent | FeedEvent['type']][] = [
    [0, start],
    [1, 'joined'],
    [2, { type: 'read_progress', count: 500 }],
    [3, { type: 'read_progress', count: 14 }],
  ];
  expect(play(...events).feed.phase).toEqual({ kind: 'catching_up', fetched: 514 });
});

test('when the lines of the break cannot be read it does not call itself live', () => {
  const { feed, last } = play([0, start], [1, 'joined'], [2, { type: 'read_failed', reason: 'unreachable' }]);
  expect(feed.phase.kind).toBe('reconnecting');
  expect(last).toEqual(['leave']);
});

test('a line that a sign of life names and that is missing 2 s later is read for', () => {
  const named = { type: 'newest', id: 44, known: false } as const;
  expect(play(...live, [5, named], [6.9, 'tick']).last).toEqual([]);
  expect(play(...live, [5, named], [7, 'tick']).last).toEqual(['read']);
  expect(play(...live, [5, named], [6, { type: 'line_arrived', id: 44 }], [7, 'tick']).last).toEqual([]);
  expect(play(...live, [5, { ...named, known: true }], [7, 'tick']).last).toEqual([]);
});

test('40 s of silence on the topic make it read', () => {
  expect(play(...live, [39, 'tick']).last).toEqual([]);
  expect(play(...live, [40.1, 'tick']).last).toEqual(['read']);
  expect(play(...live, [30, 'heard'], [60, 'tick']).last).toEqual([]);
});

test('offline leaves the channel, keeps the time of the break, and joins at once when the net is back', () => {
  const off = play(...live, [20, 'offline']);
  expect(off.feed).toMatchObject({ phase: { kind: 'offline', since: 20_000 }, brokenAt: 20_000 });
  expect(off.last).toEqual(['leave']);
  expect(play(...live, [20, 'offline'], [40, 'tick']).last).toEqual([]);
  expect(play(...live, [20, 'offline'], [40, 'online']).last).toEqual(['join']);
});

test('a page that comes back into view tries at once, and reads before it trusts an open channel', () => {
  expect(play(...live, [10, 'lost'], [10.5, 'visible']).last).toEqual(['join']);
  expect(play(...live, [10, 'hidden'], [300, 'visible']).last).toEqual(['read']);
});

test('reads when something is known to have changed, and when a hidden page stays silent it does not', () => {
  expect(play(...live, [5, 'refresh']).last).toEqual(['read']);
  expect(play(...live, [5, 'offline'], [6, 'refresh']).last).toEqual([]);
  expect(play(...live, [5, 'hidden'], [100, 'tick']).last).toEqual([]);
});

test('a lost right clears the page for good', () => {
  const { feed, last } = play(...live, [10, 'lost'], [10.2, { type: 'read_failed', reason: 'not_found' }]);
  expect(feed.phase.kind).toBe('no_access');
  expect(last).toEqual(['leave', 'clear']);
  expect(step(feed, { type: 'online' }, 20_000, 0).effects).toEqual([]);
});

test('signed out keeps what is shown', () => {
  const { feed, last } = play(...live, [10, 'lost'], [10.2, { type: 'read_failed', reason: 'signed_out' }]);
  expect(feed.phase.kind).toBe('signed_out');
  expect(last).toEqual(['leave']);
});

const blocked: [number, FeedEvent | FeedEvent['type']][] = [
  [0, start],
  [1, 'lost'],
  [1.1, 'read_done'],
  [2, 'tick'],
  [3, 'lost'],
  [3.1, 'read_done'],
  [5, 'tick'],
  [6, 'lost'],
];

test('three failed joins with a server that answers mean reading every 5 s', () => {
  const { feed } = play(...blocked, [6.1, 'read_done']);
  expect(feed.phase).toEqual({ kind: 'polling', nextAt: 11_100, joinAt: 66_100 });
  expect(play(...blocked, [6.1, 'read_done'], [11, 'tick']).last).toEqual([]);
  expect(play(...blocked, [6.1, 'read_done'], [11.2, 'tick']).last).toEqual(['read']);
  expect(play(...blocked, [6.1, 'read_done'], [11.1, 'hidden'], [11.2, 'tick']).last).toEqual([]);
});

test('three failed joins with a server that is away stay reconnecting', () => {
  const { feed } = play(...blocked, [6.1, { type: 'read_failed', reason: 'unreachable' }]);
  expect(feed.phase.kind).toBe('reconnecting');
});

test('polling tries a live connection again each minute and goes back to live', () => {
  const polling: [number, FeedEvent | FeedEvent['type']][] = [...blocked, [6.1, 'read_done'], [66.1, 'tick']];
  expect(play(...polling).last).toEqual(['join']);
  const { feed } = play(...polling, [66.2, 'joined'], [66.3, 'read_done']);
  expect(feed.phase.kind).toBe('live');
  expect(play(...polling, [67, 'lost']).feed.phase.kind).toBe('polling');
});

/**
 * The page's own connection to a session, as a state machine without timers, sockets or randomness of its own: it is given events and
 * answers with the next state and what to do. Whether the session runs is another question (session-state.ts).
 */
export type FeedPhase =
  /** Before the first join; what the server sent is shown and nothing is said. */
  | { kind: 'joining' }
  | { kind: 'catching_up'; fetched: number }
  | { kind: 'live' }
  | { kind: 'reconnecting'; attempt: number; retryAt: number }
  | { kind: 'offline'; since: number }
  /** The network lets requests through but no live connection. */
  | { kind: 'polling'; nextAt: number; joinAt: number }
  | { kind: 'no_access' }
  | { kind: 'signed_out' };

export interface Feed {
  phase: FeedPhase;
  /** Joins that failed since the last one that worked. */
  failedJoins: number;
  /** A join is under way or holds. */
  channel: 'none' | 'joining' | 'joined';
  reading: boolean;
  /** A read was wanted while one was under way. */
  readAgain: boolean;
  /** When the connection broke; null when no line can have been missed since the last read. */
  brokenAt: number | null;
  /** When the topic was last heard of. */
  heardAt: number;
  /** A line that a sign of life named and that is not here; it is read for at `dueAt`. */
  awaited: { id: number; dueAt: number } | null;
  hidden: boolean;
}

export type FeedEvent =
  | { type: 'start'; online: boolean }
  | { type: 'joined' }
  /** The join was refused or timed out, the channel was closed, or the socket broke. */
  | { type: 'lost' }
  | { type: 'heard' }
  | { type: 'newest'; id: number; known: boolean }
  | { type: 'line_arrived'; id: number }
  | { type: 'read_progress'; count: number }
  | { type: 'read_done' }
  | { type: 'read_failed'; reason: 'unreachable' | 'signed_out' | 'not_found' }
  | { type: 'online' }
  | { type: 'offline' }
  | { type: 'visible' }
  | { type: 'hidden' }
  | { type: 'retry_now' }
  /** Something here is known to have changed. */
  | { type: 'refresh' }
  | { type: 'tick' };

/**
 * `join`: open the channel. `leave`: drop it. `read`: read the session row and the lines since the break until none is left.
 * `clear`: take the transcript off the page.
 */
export type FeedEffect = 'join' | 'leave' | 'read' | 'clear';

export interface FeedStep {
  feed: Feed;
  effects: FeedEffect[];
}

const delaysMs = [1000, 2000, 4000, 8000, 15_000];
export const pollEveryMs = 5000;
/** While polling, a live connection is tried again this often. */
export const rejoinEveryMs = 60_000;
export const awaitLineMs = 2000;
/** Signs of life come every 30 s; this much silence is suspicious. */
export const silenceMs = 40_000;
export const joinsBeforePolling = 3;

/** Milliseconds until try number `attempt` (from 1): 1, 2, 4, 8, then 15 s, spread by a fifth so that a table does not return at once. */
export function retryDelay(attempt: number, random: number): number {
  const base = delaysMs[Math.min(attempt, delaysMs.length) - 1] ?? 1000;
  return Math.round(base * (0.8 + 0.4 * random));
}

export function newFeed(now: number): Feed {
  return {
    phase: { kind: 'joining' },
    failedJoins: 0,
    channel: 'none',
    reading: false,
    readAgain: false,
    brokenAt: now,
    heardAt: now,
    awaited: null,
    hidden: false,
  };
}

function over(feed: Feed): boolean {
  return feed.phase.kind === 'no_access' || feed.phase.kind === 'signed_out';
}

/** @param now milliseconds; @param random 0 to 1, for the jitter. */
export function step(feed: Feed, event: FeedEvent, now: number, random: number): FeedStep {
  if (over(feed)) return { feed, effects: [] };
  switch (event.type) {
    case 'start':
      return event.online ? join(feed) : goOffline(feed, now);
    case 'joined':
      return onJoined(feed, now);
    case 'lost':
      return onLost(feed, now, random);
    case 'heard':
      return { feed: { ...feed, heardAt: now }, effects: [] };
    case 'newest':
      return onNewest(feed, event, now);
    case 'line_arrived':
      return feed.awaited && event.id >= feed.awaited.id
        ? { feed: { ...feed, awaited: null }, effects: [] }
        : { feed, effects: [] };
    case 'read_progress':
      return feed.phase.kind === 'catching_up'
        ? { feed: { ...feed, phase: { kind: 'catching_up', fetched: feed.phase.fetched + event.count } }, effects: [] }
        : { feed, effects: [] };
    case 'read_done':
      return onReadDone(feed, now);
    case 'read_failed':
      return onReadFailed(feed, event.reason, now, random);
    case 'online':
    case 'retry_now':
      return feed.channel === 'none' ? join(feed) : { feed, effects: [] };
    case 'offline':
      return goOffline(feed, now);
    case 'refresh':
      return feed.phase.kind === 'offline' ? { feed, effects: [] } : read(feed);
    case 'visible':
      return onVisible(feed);
    case 'hidden':
      return { feed: { ...feed, hidden: true }, effects: [] };
    case 'tick':
      return onTick(feed, now);
  }
}

function join(feed: Feed): FeedStep {
  return { feed: { ...feed, channel: 'joining' }, effects: ['join'] };
}

function read(feed: Feed): FeedStep {
  if (feed.reading) return { feed: { ...feed, readAgain: true }, effects: [] };
  return { feed: { ...feed, reading: true, readAgain: false }, effects: ['read'] };
}

function onJoined(feed: Feed, now: number): FeedStep {
  // A read that began before the join may end before lines that are broadcast from now on: what counts is one that begins after it.
  const joined: Feed = {
    ...feed,
    channel: 'joined',
    failedJoins: 0,
    heardAt: now,
    phase: { kind: 'catching_up', fetched: 0 },
  };
  return read(joined);
}

function onLost(feed: Feed, now: number, random: number): FeedStep {
  if (feed.channel === 'none') return { feed, effects: [] };
  const failedJoins = feed.failedJoins + 1;
  const lost: Feed = {
    ...feed,
    channel: 'none',
    failedJoins,
    brokenAt: feed.brokenAt ?? now,
    awaited: null,
  };
  if (feed.phase.kind === 'offline') return { feed: lost, effects: ['leave'] };
  if (feed.phase.kind === 'polling') return { feed: lost, effects: ['leave'] };
  const next: Feed = {
    ...lost,
    phase: { kind: 'reconnecting', attempt: failedJoins, retryAt: now + retryDelay(failedJoins, random) },
  };
  // The answer to a read tells a lost right from a lost connection, and a blocked socket from a server that is away.
  const reading = read(next);
  return { feed: reading.feed, effects: ['leave', ...reading.effects] };
}

function onNewest(feed: Feed, event: { id: number; known: boolean }, now: number): FeedStep {
  const heard = { ...feed, heardAt: now };
  if (event.known) return { feed: { ...heard, awaited: null }, effects: [] };
  if (feed.awaited) return { feed: heard, effects: [] };
  return { feed: { ...heard, awaited: { id: event.id, dueAt: now + awaitLineMs } }, effects: [] };
}

function onReadDone(feed: Feed, now: number): FeedStep {
  const done: Feed = { ...feed, reading: false };
  if (feed.readAgain) return read(done);
  if (done.channel === 'joined') return { feed: { ...done, phase: { kind: 'live' }, brokenAt: null }, effects: [] };
  if (done.phase.kind === 'polling') {
    return { feed: { ...done, brokenAt: now, phase: { ...done.phase, nextAt: now + pollEveryMs } }, effects: [] };
  }
  if (done.phase.kind === 'reconnecting' && done.failedJoins >= joinsBeforePolling) {
    const phase: FeedPhase = { kind: 'polling', nextAt: now + pollEveryMs, joinAt: now + rejoinEveryMs };
    return { feed: { ...done, brokenAt: now, phase }, effects: [] };
  }
  return { feed: done, effects: [] };
}

function onReadFailed(
  feed: Feed,
  reason: 'unreachable' | 'signed_out' | 'not_found',
  now: number,
  random: number,
): FeedStep {
  const failed: Feed = { ...feed, reading: false, readAgain: false };
  if (reason === 'not_found') {
    return { feed: { ...failed, channel: 'none', phase: { kind: 'no_access' } }, effects: ['leave', 'clear'] };
  }
  if (reason === 'signed_out') {
    return { feed: { ...failed, channel: 'none', phase: { kind: 'signed_out' } }, effects: ['leave'] };
  }
  if (feed.phase.kind === 'polling') {
    const phase: FeedPhase = { kind: 'reconnecting', attempt: 1, retryAt: now + retryDelay(1, random) };
    return { feed: { ...failed, failedJoins: 1, phase }, effects: [] };
  }
  // Joined, but the lines of the break could not be read: without them "live" would be a lie, so it is tried again from the join.
  if (feed.channel === 'joined' && feed.phase.kind === 'catching_up') {
    const attempt = feed.failedJoins + 1;
    const phase: FeedPhase = { kind: 'reconnecting', attempt, retryAt: now + retryDelay(attempt, random) };
    return { feed: { ...failed, channel: 'none', failedJoins: attempt, phase }, effects: ['leave'] };
  }
  return { feed: failed, effects: [] };
}

function goOffline(feed: Feed, now: number): FeedStep {
  if (feed.phase.kind === 'offline') return { feed, effects: [] };
  return {
    feed: {
      ...feed,
      channel: 'none',
      failedJoins: 0,
      brokenAt: feed.brokenAt ?? now,
      awaited: null,
      phase: { kind: 'offline', since: now },
    },
    effects: ['leave'],
  };
}

/** A page that was hidden may have lost its socket without being told, so it catches up before it says that it is live. */
function onVisible(feed: Feed): FeedStep {
  const seen = { ...feed, hidden: false };
  if (seen.phase.kind === 'reconnecting' && seen.channel === 'none') return join(seen);
  if (seen.channel === 'joined' || seen.phase.kind === 'polling') return read(seen);
  return { feed: seen, effects: [] };
}

function onTick(feed: Feed, now: number): FeedStep {
  const { phase } = feed;
  if (phase.kind === 'reconnecting' && feed.channel === 'none' && now >= phase.retryAt) return join(feed);
  if (phase.kind === 'polling' && !feed.hidden) {
    if (feed.channel === 'none' && now >= phase.joinAt) {
      const next = join({ ...feed, phase: { ...phase, joinAt: now + rejoinEveryMs } });
      return next;
    }
    if (!feed.reading && now >= phase.nextAt) return read(feed);
  }
  if (phase.kind === 'live') {
    if (feed.awaited && now >= feed.awaited.dueAt) return read({ ...feed, awaited: null });
    if (!feed.hidden && now - feed.heardAt >= silenceMs) return read({ ...feed, heardAt: now });
  }
  return { feed, effects: [] };
}

/** A row of `mgmt.sessions` as the pages need it. */
export interface SessionRow {
  id: string;
  campaign_id: string;
  campaign_name: string | null;
  guild_id: string;
  channel_id: string;
  state: 'pending' | 'active' | 'ended';
  error: string | null;
  started_at: string;
  activated_at: string | null;
  ended_at: string | null;
  last_heartbeat: string | null;
}

/** A running session without a sign of life for this long is shown as lost. */
export const heartbeatLimitMs = 45_000;
/** A session that is not on air after this long will not be. */
export const pendingLimitMs = 180_000;
/** After this long an end that was asked for counts as not confirmed. */
export const endingPatienceMs = 30_000;
/** A session that ends sooner does not count. */
export const countsAfterMs = 60_000;

/** What the page says about a session; `forMs` is how long that has been so. */
export type SessionState =
  | { kind: 'starting'; forMs: number }
  | { kind: 'on_air'; forMs: number; heartbeatAgeMs: number | null }
  | { kind: 'no_sign'; forMs: number }
  | { kind: 'ending'; forMs: number; confirmed: boolean }
  | { kind: 'ended'; lengthMs: number; counts: boolean }
  | { kind: 'failed'; lengthMs: number; counts: boolean; reason: FailureReason; raw: string }
  | { kind: 'lost'; forMs: number };

export type FailureReason = 'heartbeat' | 'nobody_joined' | 'kicked' | 'no_npcs' | 'dispatch' | 'unknown';

const reasons: readonly (readonly [RegExp, FailureReason])[] = [
  [/heartbeat/i, 'heartbeat'],
  [/stale pending|never (became )?active|pending too long/i, 'nobody_joined'],
  [/kick|disconnected from voice|removed from (the )?(voice )?channel|voice (connection )?(closed|lost)/i, 'kicked'],
  [/no npcs?/i, 'no_npcs'],
  [/dispatch|worker (start|failed)|start(ing)? worker/i, 'dispatch'],
];

/** The voice service's error in one of the few kinds that a person can be told about. */
export function failureReason(error: string): FailureReason {
  return reasons.find(([pattern]) => pattern.test(error))?.[1] ?? 'unknown';
}

/**
 * The state table of the console. `now` is the server's time in milliseconds, `stopAskedAt` when an end was asked for (null: not, or
 * not known here). The row alone decides: nothing is ended, lost or back before it says so.
 */
export function sessionState(row: SessionRow, now: number, stopAskedAt: number | null = null): SessionState {
  const startedAt = Date.parse(row.started_at);
  if (row.state === 'ended') {
    const endedAt = row.ended_at === null ? now : Date.parse(row.ended_at);
    const lengthMs = Math.max(0, endedAt - startedAt);
    const counts = row.activated_at !== null && endedAt - Date.parse(row.activated_at) >= countsAfterMs;
    if (row.error) return { kind: 'failed', lengthMs, counts, reason: failureReason(row.error), raw: row.error };
    return { kind: 'ended', lengthMs, counts };
  }
  if (stopAskedAt !== null) {
    const forMs = Math.max(0, now - stopAskedAt);
    return { kind: 'ending', forMs, confirmed: forMs < endingPatienceMs };
  }
  const forMs = Math.max(0, now - startedAt);
  if (row.state === 'pending') return forMs > pendingLimitMs ? { kind: 'lost', forMs } : { kind: 'starting', forMs };

  const lastSign = row.last_heartbeat ?? row.activated_at;
  const heartbeatAgeMs = lastSign === null ? null : Math.max(0, now - Date.parse(lastSign));
  if (heartbeatAgeMs !== null && heartbeatAgeMs > heartbeatLimitMs) return { kind: 'no_sign', forMs: heartbeatAgeMs };
  return { kind: 'on_air', forMs, heartbeatAgeMs };
}

/** Whether the row may still change by itself. */
export function isRunning(state: SessionState): boolean {
  return state.kind !== 'ended' && state.kind !== 'failed';
}

export function isRunningRow(row: SessionRow): boolean {
  return row.state !== 'ended';
}

/**
 * Takes a state broadcast into a row. Broadcasts may arrive after a newer read, so a session never comes back from its end and its
 * heartbeat never grows older.
 */
export function applyState(row: SessionRow, payload: Partial<Omit<SessionRow, 'id'>>): SessionRow {
  const order = { pending: 0, active: 1, ended: 2 };
  const next = payload.state ?? row.state;
  if (order[next] < order[row.state]) return row;
  const heartbeats = [row.last_heartbeat, payload.last_heartbeat ?? null].filter((each) => each !== null);
  heartbeats.sort((a, b) => Date.parse(a) - Date.parse(b));
  return {
    ...row,
    state: next,
    error: payload.error ?? row.error,
    started_at: payload.started_at ?? row.started_at,
    activated_at: payload.activated_at ?? row.activated_at,
    ended_at: payload.ended_at ?? row.ended_at,
    last_heartbeat: heartbeats.at(-1) ?? null,
  };
}

/** What one answer of the server tells about its clock. Milliseconds; the first two by the device's clock. */
export interface ClockSample {
  sentAt: number;
  receivedAt: number;
  serverTime: number;
}

export interface ServerClock {
  /** Add this to the device's clock to get the server's. */
  offset: number;
  /** Round trip of the sample it comes from; an offset is at most half of it wrong. */
  roundTrip: number;
  measuredAt: number;
}

/** A good sample is replaced by a slower one only after this long: clocks of devices drift. */
const freshMs = 10 * 60_000;

/** Keeps the sample with the shortest round trip; an old one gives way to any newer one. */
export function measure(best: ServerClock | null, sample: ClockSample): ServerClock {
  const roundTrip = Math.max(0, sample.receivedAt - sample.sentAt);
  const next = {
    offset: sample.serverTime - (sample.sentAt + roundTrip / 2),
    roundTrip,
    measuredAt: sample.receivedAt,
  };
  if (!best || roundTrip <= best.roundTrip || sample.receivedAt - best.measuredAt > freshMs) return next;
  return best;
}

export interface SessionTime {
  elapsedMs: number;
  /** Null when nothing limits the session. */
  leftMs: number | null;
  /** Burnt part of the candle, 0 to 1; without a cap it burns over the hour that runs. */
  burnt: number;
  warning: 'none' | 'five_minutes' | 'one_minute' | 'over';
}

/** How far a session is. `now` is the server's time; `endedAt` stops the clock. */
export function sessionTime(
  startedAt: number,
  now: number,
  capMs: number | null,
  endedAt: number | null = null,
): SessionTime {
  const elapsedMs = Math.max(0, (endedAt ?? now) - startedAt);
  if (capMs === null) return { elapsedMs, leftMs: null, burnt: 0, warning: 'none' };
  const leftMs = Math.max(0, capMs - elapsedMs);
  let warning: SessionTime['warning'] = 'none';
  if (endedAt === null) {
    if (leftMs === 0) warning = 'over';
    else if (leftMs <= 60_000) warning = 'one_minute';
    else if (leftMs <= 5 * 60_000) warning = 'five_minutes';
  }
  return { elapsedMs, leftMs, burnt: Math.min(1, elapsedMs / capMs), warning };
}

/** The smaller of the limits that exist; null when none does. */
export function smallestCap(...hours: readonly (number | null | undefined)[]): number | null {
  const set = hours.filter((each): each is number => typeof each === 'number' && each > 0);
  return set.length === 0 ? null : Math.min(...set) * 3_600_000;
}

/** `1:42:08`, and `0:48` below an hour. */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const s = String(seconds % 60).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${s}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${s}`;
}

/** Always with hours, as times beside transcript lines: `0:02:18`. */
export function formatOffset(ms: number): string {
  const clock = formatClock(ms);
  if (ms >= 3_600_000) return clock;
  return `0:${clock.padStart(5, '0')}`;
}

/** A cap as hours and minutes: `4:00`. */
export function formatCap(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

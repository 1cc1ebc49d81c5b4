import type { Timestamp, Timestamp__Output } from './generated/google/protobuf/Timestamp.ts';

/** Null when the gateway sent none. Milliseconds; finer parts are dropped. */
export function timestampDate(timestamp: Timestamp__Output | null): Date | null {
  if (!timestamp) return null;
  return new Date(Number(timestamp.seconds) * 1000 + Math.floor(timestamp.nanos / 1e6));
}

export function dateTimestamp(date: Date): Timestamp {
  const seconds = Math.floor(date.getTime() / 1000);
  return { seconds: String(seconds), nanos: (date.getTime() - seconds * 1000) * 1e6 };
}

import { expect, test } from 'vitest';
import { formatCap, formatClock, formatOffset, measure, sessionTime, smallestCap } from './clock.ts';

const hour = 3_600_000;

test('takes the middle of the round trip as the moment of the answer', () => {
  const clock = measure(null, { sentAt: 1000, receivedAt: 1100, serverTime: 61_050 });
  expect(clock).toEqual({ offset: 60_000, roundTrip: 100, measuredAt: 1100 });
});

test('keeps the quickest answer until it is old', () => {
  const quick = measure(null, { sentAt: 0, receivedAt: 20, serverTime: 1010 });
  const slow = { sentAt: 1000, receivedAt: 3000, serverTime: 9000 };
  expect(measure(quick, slow)).toBe(quick);
  const later = { sentAt: 700_000, receivedAt: 700_300, serverTime: 701_150 };
  expect(measure(quick, later).offset).toBe(1000);
});

test('counts up, knows what is left, and stops at the end', () => {
  expect(sessionTime(0, 1.5 * hour, 4 * hour)).toEqual({
    elapsedMs: 1.5 * hour,
    leftMs: 2.5 * hour,
    burnt: 0.375,
    warning: 'none',
  });
  expect(sessionTime(0, 5 * hour, 4 * hour, 2 * hour)).toMatchObject({ elapsedMs: 2 * hour, warning: 'none' });
  expect(sessionTime(5000, 1000, null)).toEqual({ elapsedMs: 0, leftMs: null, burnt: 0, warning: 'none' });
});

test('warns at five minutes, at one, and at the end', () => {
  expect(sessionTime(0, 4 * hour - 300_001, 4 * hour).warning).toBe('none');
  expect(sessionTime(0, 4 * hour - 300_000, 4 * hour).warning).toBe('five_minutes');
  expect(sessionTime(0, 4 * hour - 60_000, 4 * hour).warning).toBe('one_minute');
  expect(sessionTime(0, 4 * hour, 4 * hour).warning).toBe('over');
});

test('the smaller of plan and voice service is the cap', () => {
  expect(smallestCap(8, 4)).toBe(4 * hour);
  expect(smallestCap(null, 4)).toBe(4 * hour);
  expect(smallestCap(null, undefined)).toBeNull();
});

test('writes times as the brand does', () => {
  expect(formatClock(48_900)).toBe('0:48');
  expect(formatClock(6_128_000)).toBe('1:42:08');
  expect(formatOffset(138_000)).toBe('0:02:18');
  expect(formatOffset(6_128_000)).toBe('1:42:08');
  expect(formatCap(4 * hour)).toBe('4:00');
});

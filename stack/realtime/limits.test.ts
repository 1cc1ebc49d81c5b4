import { expect, test } from 'vitest';
import { RateCounter, WindowCounter } from './limits.ts';

test('a burst within the average passes, the event after it does not', () => {
  const counter = new RateCounter(2, 10);
  const results = Array.from({ length: 21 }, () => counter.add(1, 5000));
  expect(results.slice(0, 20)).toEqual(new Array(20).fill(true));
  expect(results[20]).toBe(false);
});

test('what happened before the window no longer counts', () => {
  const counter = new RateCounter(1, 10);
  expect(counter.add(10, 1_000_000)).toBe(true);
  expect(counter.add(1, 1_009_000)).toBe(false);
  expect(counter.add(9, 1_010_500)).toBe(true);
  expect(counter.add(1, 1_010_900)).toBe(false);
  expect(counter.add(10, 9_000_000)).toBe(true);
});

test('a clock that steps back does not clear the count', () => {
  const counter = new RateCounter(1, 10);
  expect(counter.add(10, 1_005_000)).toBe(true);
  expect(counter.add(1, 1_001_000)).toBe(false);
});

test('so many calls a window, and a new window afterwards', () => {
  const counter = new WindowCounter(2, 1000);
  expect([counter.add(5000), counter.add(5500), counter.add(5900)]).toEqual([true, true, false]);
  expect(counter.add(6001)).toBe(true);
});

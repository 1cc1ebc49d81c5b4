import { expect, test } from 'vitest';
import { rateLimits } from '../limits.ts';
import { RateLimiter } from './rate-limiter.ts';

const perMinute = rateLimits.credential.perMinute;

function limiterAt(start: number, scale = 1) {
  const clock = { now: start };
  return { clock, limiter: new RateLimiter(scale, () => clock.now) };
}

test('allows a minute’s worth at once, then says when the next one fits', () => {
  const { limiter } = limiterAt(0);
  for (let call = 0; call < perMinute; call++) expect(limiter.take('credential', 'a').allowed).toBe(true);
  const refused = limiter.take('credential', 'a');
  expect(refused).toEqual({ allowed: false, limit: perMinute, remaining: 0, retryAfter: 60 / perMinute });
});

test('refills evenly', () => {
  const { clock, limiter } = limiterAt(0);
  for (let call = 0; call < perMinute; call++) limiter.take('credential', 'a');
  clock.now += 60_000 / perMinute - 1;
  expect(limiter.take('credential', 'a').allowed).toBe(false);
  clock.now += 1;
  expect(limiter.take('credential', 'a').allowed).toBe(true);
  expect(limiter.take('credential', 'a').allowed).toBe(false);
});

test('counts callers and limits apart', () => {
  const { limiter } = limiterAt(0);
  for (let call = 0; call <= perMinute; call++) limiter.take('credential', 'a');
  expect(limiter.take('credential', 'a').allowed).toBe(false);
  expect(limiter.take('credential', 'b').allowed).toBe(true);
  expect(limiter.take('refresh', 'a').allowed).toBe(true);
});

test('a refused call costs nothing, so that patience helps', () => {
  const { clock, limiter } = limiterAt(0);
  for (let call = 0; call < perMinute * 5; call++) limiter.take('credential', 'a');
  clock.now += 60_000 / perMinute;
  expect(limiter.take('credential', 'a').allowed).toBe(true);
});

test('the scale multiplies every limit, and leaves at least one call', () => {
  expect(limiterAt(0, 3).limiter.take('credential', 'a').limit).toBe(perMinute * 3);
  expect(limiterAt(0, 0.001).limiter.take('credential', 'a').limit).toBe(1);
});

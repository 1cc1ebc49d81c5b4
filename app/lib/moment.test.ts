import { expect, test } from 'vitest';
import { isDay, isMoment } from './moment.ts';

test.each(['2026-11-18', '2028-02-29', '1999-12-31'])('%s is a day', (text) => expect(isDay(text)).toBe(true));
test.each(['', 'soon', '2026-02-30', '2027-02-29', '2026-13-01', '0000-01-01', '9999-12-31', '2026-11-18T00:00'])(
  '%s is none',
  (text) => expect(isDay(text)).toBe(false),
);

test.each(['2026-11-18T19:00:00Z', '2026-11-18T19:00:00.123456+00:00', '2026-11-18T19:00:00-05:30'])(
  '%s is a moment',
  (text) => expect(isMoment(text)).toBe(true),
);
test.each([
  '',
  '1',
  '9:9',
  '2026-11-18',
  '2026-02-31T00:00:00Z',
  '2026-11-18T25:00:00Z',
  '2026-11-18T19:00:00',
  '2026-11-18T19:00:00+99:00',
  '2026-11-18T19:00:00Z,id.gt.0',
])('%s is none', (text) => expect(isMoment(text)).toBe(false));

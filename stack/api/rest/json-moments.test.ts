import { expect, test } from 'vitest';
import { jsonMoment, momentsAsJson } from './json-moments.ts';

test('a moment keeps every digit and becomes ISO 8601', () => {
  expect(jsonMoment('2026-11-21 12:11:28.844023+00')).toBe('2026-11-21T12:11:28.844023+00:00');
  expect(jsonMoment('2026-11-21 12:11:28+05:30')).toBe('2026-11-21T12:11:28+05:30');
  expect(momentsAsJson.timestamp.parse('2026-11-21 12:11:28')).toBe('2026-11-21T12:11:28');
});

test('what is no moment stays as it is', () => {
  for (const text of ['infinity', '-infinity']) expect(jsonMoment(text)).toBe(text);
});

import { expect, test } from 'vitest';
import { assertJsonText } from './json.ts';

test.each([
  ['{', 'malformed_json'],
  ['', 'malformed_json'],
  ['{"a":"\\u0000"}', 'nul_character'],
  ['{"\\u0000":1}', 'nul_character'],
  ['"\\\\\\u0000"', 'nul_character'],
  ['['.repeat(101) + ']'.repeat(101), 'json_too_deep'],
  ['{"a":'.repeat(101) + '1' + '}'.repeat(101), 'json_too_deep'],
])('%s is refused as %s', (text, code) => {
  expect(() => assertJsonText(text)).toThrow(expect.objectContaining({ status: 400, code }));
});

test.each([
  'null',
  '"\\\\u0000"',
  '"\\"[[["',
  JSON.stringify({ name: '['.repeat(500), other: '"\\' }),
  '['.repeat(100) + ']'.repeat(100),
  `[${'[],'.repeat(500)}{}]`,
])('%s passes', (text) => {
  expect(() => assertJsonText(text)).not.toThrow();
});

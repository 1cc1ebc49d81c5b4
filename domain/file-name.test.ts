import { expect, test } from 'vitest';
import { fileStem } from './file-name.ts';

test.each([
  ['Rabenheim', 'rabenheim'],
  ['Das Große Öde-Land!', 'das-grosse-ode-land'],
  ['  ../../etc/"passwd"\r\n', 'etc-passwd'],
  ['Łódź & Ærø', 'lodz-aero'],
  ['龍', 'session'],
  ['', 'session'],
  [`${'a'.repeat(59)} b`, 'a'.repeat(59)],
])('%j becomes %s', (name, stem) => {
  expect(fileStem(name, 'session')).toBe(stem);
});

import { expect, test } from 'vitest';
import { safePath } from './safe-path.ts';

test.each([
  ['/campaigns/a?x=1#y', '/campaigns/a?x=1#y'],
  ['/', '/'],
  [null, '/dashboard'],
  ['', '/dashboard'],
  ['campaigns', '/dashboard'],
  ['https://evil.example/', '/dashboard'],
  ['//evil.example/', '/dashboard'],
  ['/\\evil.example/', '/dashboard'],
  ['/\t/evil.example/', '/dashboard'],
  // Resolved, their path begins with two slashes, which a browser reads as a host.
  ['/.//evil.example/', '/dashboard'],
  ['/x/..//evil.example/', '/dashboard'],
  ['/%2e/\\evil.example/', '/dashboard'],
  ['javascript:alert(1)', '/dashboard'],
])('%j leads to %s', (path, expected) => {
  expect(safePath(path)).toBe(expected);
});

import { expect, test } from 'vitest';
import { stack } from '../lib/environment.ts';
import { newPerson, signIn } from '../lib/people.ts';

test('signs in with PKCE', async () => {
  const alice = await signIn(await newPerson('alice'));
  expect(alice.userId).toMatch(/^[0-9a-f-]{36}$/);
  expect(stack.url).toContain('http');
});

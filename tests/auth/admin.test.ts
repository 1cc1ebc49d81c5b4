import { createClient } from '@supabase/supabase-js';
import { expect, test } from 'vitest';
import { stack } from '../lib/environment.ts';
import { newClient, newPerson, signIn, signInAgain } from '../lib/people.ts';
import { request } from '../lib/requests.ts';

const { admin } = createClient(stack.url, stack.secretKey, { auth: { persistSession: false } }).auth;

function newAddress(name: string): string {
  return `${name}.${crypto.randomUUID()}@example.test`;
}

test('the secret key makes, finds, changes and deletes users', async () => {
  const email = newAddress('alice');
  const password = 'a long enough password';
  const made = await admin.createUser({
    email,
    password,
    email_confirm: true,
    user_metadata: { nickname: 'Al' },
    app_metadata: { plan: 'x' },
  });
  expect(made.error).toBeNull();
  const id = made.data.user?.id ?? '';
  expect(made.data.user).toMatchObject({
    email,
    user_metadata: { nickname: 'Al', email_verified: true },
    app_metadata: { provider: 'email', providers: ['email'], plan: 'x' },
  });
  expect((await newClient().auth.signInWithPassword({ email, password })).error).toBeNull();
  expect((await admin.createUser({ email })).error?.code).toBe('email_exists');

  const changed = await admin.updateUserById(id, { user_metadata: { nickname: 'Ally' } });
  expect(changed.data.user?.user_metadata['nickname']).toBe('Ally');
  expect((await admin.getUserById(id)).data.user?.email).toBe(email);

  expect((await admin.deleteUser(id)).error).toBeNull();
  expect((await admin.getUserById(id)).error?.code).toBe('user_not_found');
  expect((await newClient().auth.signInWithPassword({ email, password })).error?.code).toBe('invalid_credentials');
});

test('users are listed newest first, in pages', async () => {
  for (const name of ['bob', 'carol']) await admin.createUser({ email: newAddress(name) });
  const { data, error } = await admin.listUsers({ page: 1, perPage: 2 });
  expect(error).toBeNull();
  expect(data.users).toHaveLength(2);
  const times = data.users.map(({ created_at }) => created_at);
  expect(times).toEqual([...times].sort().reverse());
});

test('a banned user can neither sign in nor renew a session', async () => {
  const person = await newPerson('mallory');
  const { userId, session } = await signIn(person);
  await admin.updateUserById(userId, { ban_duration: '24h' });
  await expect(signInAgain(person)).rejects.toThrow(/error_code=user_banned/);
  const renewed = await newClient().auth.refreshSession(session);
  expect(renewed.error?.code).toBe('user_banned');
  await admin.updateUserById(userId, { ban_duration: 'none' });
  expect((await signInAgain(person)).userId).toBe(userId);
});

test('nobody else reaches it', async () => {
  const alice = await signIn(await newPerson('alice'));
  for (const token of [undefined, alice.accessToken]) {
    for (const path of [
      '/auth/v1/admin/users',
      `/auth/v1/admin/users/${alice.userId}`,
      '/auth/v1/admin/generate_link',
    ]) {
      const options = token === undefined ? {} : { token };
      const { status, body } = await request<{ error_code: string }>(path, options);
      expect([status, body.error_code]).toEqual([403, 'not_admin']);
    }
  }
  // The secret key does not make a signed-in person an administrator.
  const asAlice = await request<{ error_code: string }>('/auth/v1/admin/users', {
    key: stack.secretKey,
    token: alice.accessToken,
  });
  expect(asAlice.body.error_code).toBe('not_admin');
});

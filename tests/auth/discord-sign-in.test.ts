import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import {
  changePerson,
  failAtDiscord,
  followSignIn,
  newClient,
  newPerson,
  redirectOf,
  signIn,
  signInAgain,
} from '../lib/people.ts';
import { request } from '../lib/requests.ts';

afterAll(closeDatabase);

const callback = `${stack.appUrl}/auth/callback`;

async function authorizeUrl(client: ReturnType<typeof newClient>, redirectTo = callback): Promise<string> {
  const { data, error } = await client.auth.signInWithOAuth({
    provider: 'discord',
    options: { redirectTo, skipBrowserRedirect: true },
  });
  if (error) throw error;
  return data.url;
}

test('signing in for the first time makes a confirmed user with what Discord says about the person', async () => {
  const alice = await newPerson('alice', { global_name: 'Alice in Chains', avatar: 'a_0123456789abcdef' });
  const { session, userId } = await signIn(alice);
  const avatar = `https://cdn.discordapp.com/avatars/${alice.id}/a_0123456789abcdef.gif`;
  const claims = {
    iss: `${stack.discordUrl}/api`,
    sub: alice.id,
    name: `${alice.username}#0`,
    full_name: alice.username,
    picture: avatar,
    avatar_url: avatar,
    provider_id: alice.id,
    custom_claims: { global_name: 'Alice in Chains' },
    email: alice.email,
    email_verified: true,
    phone_verified: false,
  };
  expect(session.user).toMatchObject({
    id: userId,
    email: alice.email,
    app_metadata: { provider: 'discord', providers: ['discord'] },
    email_confirmed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
  });
  expect(session.user.user_metadata).toEqual(claims);
  expect(session.user.identities).toHaveLength(1);
  expect(session.user.identities?.[0]).toMatchObject({
    id: alice.id,
    provider: 'discord',
    user_id: userId,
    identity_data: claims,
  });
  expect(session.provider_token).toEqual(expect.any(String));
});

test('SQL reads what Discord said as objects, as on Supabase', async () => {
  const alice = await newPerson('alice', { global_name: 'Alice in Chains' });
  const { userId, client } = await signIn(alice);
  const [stored] = await asRoot(
    `select u.raw_user_meta_data #>> '{custom_claims,global_name}' as name, u.raw_app_meta_data ->> 'provider' as provider,
       i.identity_data ->> 'sub' as sub
     from auth.users as u join auth.identities as i on i.user_id = u.id where u.id = $1`,
    [userId],
  );
  expect(stored).toEqual({ name: 'Alice in Chains', provider: 'discord', sub: alice.id });
  await client.rpc('ensure_account');
  const { data } = await client.rpc('me');
  expect(data.user.display_name).toBe('Alice in Chains');
});

test('a person without an avatar gets one of Discord’s own', async () => {
  const { session } = await signIn(await newPerson('bob'));
  expect(session.user.user_metadata['avatar_url']).toBe('https://cdn.discordapp.com/embed/avatars/0.png');
});

test('signing in again finds the same user and takes over what changed', async () => {
  const bob = await newPerson('bob');
  const first = await signInAgain(bob);
  await changePerson(bob, { global_name: 'Bob the Younger' });
  const second = await signInAgain(bob);
  expect(second.userId).toBe(first.userId);
  expect(second.session.user.user_metadata['custom_claims']).toEqual({ global_name: 'Bob the Younger' });
  expect(second.session.user.identities).toHaveLength(1);
});

test('the implicit flow brings the session in the fragment', async () => {
  const carol = await newPerson('carol');
  const client = newClient({ flow: 'implicit' });
  const target = new URL(await followSignIn(await authorizeUrl(client), carol));
  expect(target.origin + target.pathname).toBe(callback);
  const fragment = new URLSearchParams(target.hash.slice(1));
  expect(fragment.get('token_type')).toBe('bearer');
  expect(fragment.get('expires_in')).toBe('900');
  expect(fragment.get('provider_token')).toEqual(expect.any(String));
  const { data, error } = await client.auth.setSession({
    access_token: fragment.get('access_token') ?? '',
    refresh_token: fragment.get('refresh_token') ?? '',
  });
  expect(error).toBeNull();
  expect(data.user?.email).toBe(carol.email);
});

test('a code cannot be exchanged without the verifier of the browser that asked, nor twice', async () => {
  const alice = await newPerson('alice');
  const client = newClient();
  const code = new URL(await followSignIn(await authorizeUrl(client), alice)).searchParams.get('code') ?? '';
  const thief = newClient();
  await authorizeUrl(thief);
  const stolen = await thief.auth.exchangeCodeForSession(code);
  expect(stolen.error?.code).toBe('bad_code_verifier');
  expect((await client.auth.exchangeCodeForSession(code)).error).toBeNull();

  const again = newClient();
  await authorizeUrl(again);
  expect((await again.auth.exchangeCodeForSession(code)).error?.code).toBe('flow_state_not_found');
});

test('a state is good for one callback', async () => {
  const alice = await newPerson('alice');
  const atDiscord = new URL(await redirectOf(await authorizeUrl(newClient())));
  atDiscord.searchParams.set('as', alice.id);
  const back = await redirectOf(atDiscord.href);
  expect(new URL(await redirectOf(back)).searchParams.get('code')).toBeTruthy();

  const second = new URL(await redirectOf(await redirectOf(atDiscord.href)));
  expect(second.searchParams.get('code')).toBeNull();
  expect(second.searchParams.get('error')).toBe('invalid_request');
  expect(second.searchParams.get('error_code')).toBe('flow_state_already_used');
});

test('an invented state ends at the app with an error', async () => {
  const target = new URL(await redirectOf(`${stack.url}/auth/v1/callback?code=x&state=${crypto.randomUUID()}`));
  expect(target.origin).toBe(new URL(stack.appUrl).origin);
  expect(target.searchParams.get('error_code')).toBe('bad_oauth_state');
});

test('refusing at Discord ends at the app with access_denied, and the state is spent', async () => {
  const mallory = await newPerson('mallory');
  const url = await authorizeUrl(newClient());
  const atDiscord = new URL(await redirectOf(url));
  atDiscord.searchParams.set('deny', '1');
  const target = new URL(await redirectOf(await redirectOf(atDiscord.href)));
  expect(target.origin + target.pathname).toBe(callback);
  expect(target.searchParams.get('error')).toBe('access_denied');
  expect(new URLSearchParams(target.hash.slice(1)).get('error')).toBe('access_denied');

  atDiscord.searchParams.delete('deny');
  atDiscord.searchParams.set('as', mallory.id);
  const later = new URL(await redirectOf(await redirectOf(atDiscord.href)));
  expect(later.searchParams.get('error_code')).toBe('bad_oauth_state');
});

test.each(['token', 'me'] as const)('a failure of Discord (%s) ends at the app with server_error', async (route) => {
  const alice = await newPerson('alice');
  await failAtDiscord(alice, route);
  const target = new URL(await followSignIn(await authorizeUrl(newClient()), alice));
  expect(target.searchParams.get('error')).toBe('server_error');
  expect(target.searchParams.get('error_code')).toBe('unexpected_failure');
  expect(target.searchParams.get('code')).toBeNull();
  // Nothing is left behind that would keep the person out.
  await signIn(alice);
});

test.each([
  ['another site', 'https://evil.example/steal'],
  ['a site whose name begins like ours', `${stack.appUrl}.evil.example/`],
  ['our name before an @', `${stack.appUrl.replace('http://', 'http://x:y@')}@evil.example/`],
  ['a script', 'javascript:alert(1)'],
])('never sends a code to %s', async (_what, redirectTo) => {
  const alice = await newPerson('alice');
  const target = new URL(await followSignIn(await authorizeUrl(newClient(), redirectTo), alice));
  expect(target.origin).toBe(new URL(stack.appUrl).origin);
  expect(target.searchParams.get('code')).toBeTruthy();
});

test('parameters of the request do not replace those of the sign-in', async () => {
  const url = new URL(await authorizeUrl(newClient()));
  for (const name of ['client_id', 'redirect_uri', 'state', 'response_type'])
    url.searchParams.set(name, 'https://evil.example/');
  url.searchParams.set('prompt', 'none');
  const { searchParams } = new URL(await redirectOf(url.href));
  expect(searchParams.get('redirect_uri')).toBe(`${stack.url}/auth/v1/callback`);
  expect(searchParams.get('response_type')).toBe('code');
  expect(searchParams.get('state')).toMatch(/^[0-9a-f-]{36}$/);
  expect(searchParams.get('prompt')).toBe('none');
});

test.each([
  ['no provider', ''],
  ['an unknown provider', '?provider=friendster'],
  ['a provider that is not set up', '?provider=github'],
  ['half a PKCE challenge', '?provider=discord&code_challenge=abc'],
  ['a challenge that is too short', '?provider=discord&code_challenge=abc&code_challenge_method=s256'],
])('refuses to start with %s', async (_what, query) => {
  const answer = await request<{ error_code: string; msg: string }>(`/auth/v1/authorize${query}`);
  expect(answer.status).toBe(400);
  expect(answer.body.error_code).toBe('validation_failed');
});

test('settings list the ways in', async () => {
  const { body } = await request<{ external: Record<string, boolean>; disable_signup: boolean }>('/auth/v1/settings');
  expect(body.external).toMatchObject({ discord: true, email: true, github: false, anonymous_users: false });
  expect(body.disable_signup).toBe(false);
});

import pg from 'pg';
import { expect, test } from 'vitest';
import { stack } from '../lib/environment.ts';
import { newPerson, signIn, signInAgain } from '../lib/people.ts';
import { post, request } from '../lib/requests.ts';
import { accessToken, claimsOf, unsigned } from '../lib/tokens.ts';

interface Tokens {
  access_token: string;
  refresh_token: string;
  expires_in: number;
}

function refresh(token: string) {
  return post<Tokens & { error_code?: string }>('/auth/v1/token?grant_type=refresh_token', { refresh_token: token });
}

test('an access token lives 15 minutes and says who and which session', async () => {
  const alice = await signIn(await newPerson('alice'));
  const claims = claimsOf(alice.accessToken);
  expect(Number(claims['exp']) - Number(claims['iat'])).toBe(900);
  expect(claims).toMatchObject({
    sub: alice.userId,
    role: 'authenticated',
    aud: 'authenticated',
    email: alice.person.email,
    aal: 'aal1',
    is_anonymous: false,
    app_metadata: { provider: 'discord' },
    user_metadata: { provider_id: alice.person.id },
  });
  expect(claims['session_id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('the API takes a valid token without a session, as PostgREST does', async () => {
  const { status, body } = await post(
    '/rest/v1/rpc/me',
    {},
    { token: await accessToken({ sub: crypto.randomUUID() }) },
  );
  // Nobody has this id, so there is no account: but the token was good.
  expect([status, body.code, body.details]).toEqual([404, 'PT404', 'no_account']);
});

test.each([
  ['signed with another secret', async (sub: string) => accessToken({ sub }, { secret: 'x'.repeat(40) }), 'PGRST301'],
  ['expired', async (sub: string) => accessToken({ sub }, { expiresIn: -10 }), 'PGRST303'],
  ['without a signature', async (sub: string) => unsigned(await accessToken({ sub })), 'PGRST301'],
  ['that is no token', async () => 'not.a.token', 'PGRST301'],
  ['with another role written in', tampered, 'PGRST301'],
])('the API refuses a token %s', async (_what, make, code) => {
  const alice = await signIn(await newPerson('alice'));
  const answer = await request('/rest/v1/campaigns', { token: await make(alice.userId) });
  expect(answer.status).toBe(401);
  expect(answer.body.code).toBe(code);
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
  expect(answer.text).not.toMatch(/\bat .+:\d+/);
});

/** A real token whose claims were changed afterwards. */
async function tampered(sub: string): Promise<string> {
  const [header, , signature] = (await accessToken({ sub })).split('.');
  const claims = { sub, role: 'service_role', exp: Math.floor(Date.now() / 1_000) + 300 };
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}

test('Auth refuses forged tokens in its own way', async () => {
  const token = await accessToken({ sub: crypto.randomUUID() }, { secret: 'x'.repeat(40) });
  const { status, body } = await request<{ error_code: string }>('/auth/v1/user', { token });
  expect([status, body.error_code]).toEqual([403, 'bad_jwt']);
});

test('a role that the API does not have is refused', async () => {
  const token = await accessToken({ sub: crypto.randomUUID(), role: 'postgres' });
  const { status, body } = await request('/rest/v1/campaigns', { token });
  expect(status).toBeGreaterThanOrEqual(401);
  expect(status).toBeLessThanOrEqual(403);
  expect(body.code).toBe('42501');
});

test('renewing gives a new refresh token and keeps the session', async () => {
  const { session } = await signIn(await newPerson('alice'));
  const { status, body } = await refresh(session.refresh_token);
  expect(status).toBe(200);
  expect(body.refresh_token).not.toBe(session.refresh_token);
  expect(body.expires_in).toBe(900);
  expect(claimsOf(body.access_token)['session_id']).toBe(claimsOf(session.access_token)['session_id']);
});

test('requests that renew at the same moment get the same new token', async () => {
  const { session } = await signInAgain(await newPerson('alice'));
  const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(session.refresh_token)));
  expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
  const tokens = new Set(answers.map(({ body }) => body.refresh_token));
  expect(tokens.size).toBe(1);
  expect((await refresh([...tokens][0] ?? '')).status).toBe(200);
});

test('using an old refresh token again ends the session for both sides', async () => {
  const { session } = await signInAgain(await newPerson('alice'));
  const second = await refresh(session.refresh_token);
  const third = await refresh(second.body.refresh_token);
  expect(third.status).toBe(200);

  const stolen = await refresh(session.refresh_token);
  expect([stolen.status, stolen.body.error_code]).toEqual([400, 'refresh_token_already_used']);
  const owner = await refresh(third.body.refresh_token);
  expect([owner.status, owner.body.error_code]).toEqual([400, 'refresh_token_already_used']);
});

test('signing out ends this session and no other', async () => {
  const alice = await newPerson('alice');
  const here = await signInAgain(alice);
  const there = await signInAgain(alice);
  expect((await here.client.auth.signOut({ scope: 'local' })).error).toBeNull();
  expect((await refresh(here.session.refresh_token)).status).toBe(400);
  expect((await request<{ error_code: string }>('/auth/v1/user', { token: here.accessToken })).body.error_code).toBe(
    'session_not_found',
  );
  expect((await refresh(there.session.refresh_token)).status).toBe(200);
});

test('a session notes from where and by which program it was opened', async () => {
  const headers = { 'user-agent': 'Table Browser/1.0', 'x-forwarded-for': '198.51.100.23' };
  const { accessToken } = await signInAgain(await newPerson('alice'), headers);
  const database = new pg.Client({ connectionString: stack.databaseUrl });
  await database.connect();
  try {
    const { rows } = await database.query('select user_agent, host(ip) as ip from auth.sessions where id = $1', [
      claimsOf(accessToken)['session_id'],
    ]);
    expect(rows).toEqual([{ user_agent: 'Table Browser/1.0', ip: '198.51.100.23' }]);
  } finally {
    await database.end();
  }
});

test('an invented refresh token is refused', async () => {
  const { status, body } = await refresh(crypto.randomUUID());
  expect([status, body.error_code]).toEqual([400, 'refresh_token_not_found']);
});

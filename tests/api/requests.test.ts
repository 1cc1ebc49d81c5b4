import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newPerson, signIn } from '../lib/people.ts';
import { type Answer, post, request } from '../lib/requests.ts';

afterAll(closeDatabase);

/** Every refusal has a code, a sentence and an id to quote, and nothing of our insides. */
function expectRefusal(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body?.code]).toEqual([status, code]);
  expect(answer.body.message).toMatch(/\w+ \w+/);
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w.:-]{8,128}$/);
  expect(answer.text).not.toMatch(/node_modules|\.ts:\d|\.js:\d|\n\s+at /);
}

test.each([
  '/',
  '/rest',
  '/rest/v2/campaigns',
  '/api/v1/me',
  '/storage',
  '/restv1/campaigns',
  '/..%2frest/v1/campaigns',
  '/realtime/v1/api/tenants',
  // How many are connected is nobody's business.
  '/realtime/v1/healthz',
])('there is nothing at %s', async (path) => expectRefusal(await request(path), 404, 'not_found'));

test('an unknown table is named as PostgREST names it, and no other schema is hinted at', async () => {
  const answer = await request('/rest/v1/campains');
  expectRefusal(answer, 404, 'PGRST205');
  expect(answer.text).not.toMatch(/public\.|private\.|auth\./);
});

test.each(['auth', 'public', 'private', 'storage', 'realtime', 'pg_catalog'])(
  'schema %s is not exposed',
  async (schema) => {
    expectRefusal(await request('/rest/v1/users', { headers: { 'accept-profile': schema } }), 406, 'PGRST106');
    const write = await request('/rest/v1/users', {
      method: 'POST',
      headers: { 'content-profile': schema, 'content-type': 'application/json' },
      body: '{}',
    });
    expectRefusal(write, 406, 'PGRST106');
  },
);

test('an unknown SQL function is refused', async () => {
  expectRefusal(await post('/rest/v1/rpc/drop_everything', {}), 404, 'PGRST202');
});

test('an unknown edge function is refused', async () => {
  const alice = await signIn(await newPerson('alice'));
  const answer = await post('/functions/v1/no-such-function', {}, { token: alice.accessToken });
  expectRefusal(answer, 404, 'not_found');
});

test.each([
  '/rest/v1/rpc/me',
  '/rest/v1/campaigns',
  '/auth/v1/otp',
  '/auth/v1/token?grant_type=pkce',
  '/auth/v1/verify',
  '/realtime/v1/api/broadcast',
  '/functions/v1/sessions/start',
])('malformed JSON to %s is refused', async (path) => {
  const alice = await signIn(await newPerson('alice'));
  for (const body of ['{"name": ', '{name: 1}', "{'a': 1}", 'undefined']) {
    const headers = { 'content-type': 'application/json' };
    expectRefusal(
      await request(path, { method: 'POST', headers, body, token: alice.accessToken }),
      400,
      'malformed_json',
    );
  }
});

test.each([
  ['the character NUL', '/rest/v1/campaigns', '{"name":"a\\u0000b"}', 'nul_character'],
  ['the character NUL', '/rest/v1/rpc/update_profile', '{"display_name":"\\u0000"}', 'nul_character'],
  ['the character NUL', '/auth/v1/otp', '{"email":"a\\u0000@example.com"}', 'nul_character'],
  [
    'deep JSON',
    '/rest/v1/rpc/update_preferences',
    `{"patch":{"a":${'['.repeat(5000)}${']'.repeat(5000)}}}`,
    'json_too_deep',
  ],
  ['deep JSON', '/auth/v1/otp', `{"a":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`, 'json_too_deep'],
])('%s in a body for %s is refused', async (_, path, body, code) => {
  const alice = await signIn(await newPerson('alice'));
  const headers = { 'content-type': 'application/json' };
  expectRefusal(await request(path, { method: 'POST', headers, body, token: alice.accessToken }), 400, code);
});

test('what only looks like NUL or depth in a text is kept', async () => {
  const alice = await signIn(await newPerson('alice'));
  await alice.client.rpc('ensure_account');
  const name = `\\u0000 ${'['.repeat(200)}`.slice(0, 120);
  const answer = await alice.client.rpc('update_preferences', { patch: { name } });
  expect(answer.data).toMatchObject({ name });
});

test('a request without a key is refused, also for reading and also from this machine', async () => {
  for (const path of [
    '/rest/v1/campaigns',
    '/rest/v1/rpc/me',
    '/auth/v1/settings',
    '/auth/v1/user',
    '/storage/v1/bucket',
  ])
    expectRefusal(await request(path, { key: null }), 401, 'api_key_missing');
});

test('a key that is none of ours is refused', async () => {
  for (const key of ['sb_publishable_wrong', 'sb_secret_wrong', 'x', stack.jwtSecret])
    expectRefusal(await request('/rest/v1/campaigns', { key }), 401, 'api_key_invalid');
});

test('the secret key is refused where a browser shows it', async () => {
  const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/150.0' };
  expectRefusal(await request('/rest/v1/campaigns', { key: stack.secretKey, headers }), 401, 'api_key_forbidden');
});

test('the key may stand in the query, as WebSocket clients send it', async () => {
  const answer = await request(`/rest/v1/campaigns?apikey=${stack.publishableKey}`, { key: null });
  expect(answer.body?.code).not.toBe('api_key_missing');
});

test.each([
  ['/rest/v1/rpc/me', 1024 * 1024],
  ['/auth/v1/otp', 1024 * 1024],
  ['/functions/v1/sessions/start', 1024 * 1024],
  ['/rest/v1/rpc/import_campaign', 16 * 1024 * 1024],
  // A file of the largest size, and what a form puts around it.
  ['/storage/v1/object/nowhere/file', 10 * 1024 * 1024 + 64 * 1024],
])('a body too large for %s is refused, whether its length is told or not', async (path, limit) => {
  const alice = await signIn(await newPerson('alice'));
  const told = { method: 'POST', body: Buffer.alloc(limit + 1, 32), token: alice.accessToken };
  expectRefusal(await request(path, told), 413, 'body_too_large');

  const stream = new Blob([Buffer.alloc(limit + 1, 32)]).stream();
  const untold = { ...told, body: stream, duplex: 'half' } as RequestInit & { token: string };
  expectRefusal(await request(path, untold), 413, 'body_too_large');
});

test('a body of exactly the limit is read', async () => {
  const body = `"${' '.repeat(1024 * 1024 - 2)}"`;
  const answer = await request('/auth/v1/otp', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(answer.status).toBe(400);
});

test('a request id is taken over, or made when it is missing or unusable', async () => {
  const given = `test-${crypto.randomUUID()}`;
  const answer = await request('/nowhere', { headers: { 'x-request-id': given } });
  expect(answer.headers.get('x-request-id')).toBe(given);
  expect(answer.body.request_id).toBe(given);
  for (const unusable of ['', 'short', 'with spaces and more', 'x'.repeat(200), '{"level":"error"}']) {
    const made = await request('/nowhere', { headers: { 'x-request-id': unusable } });
    expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test('an error of a write leaves nothing behind, also one that shows only after it', async () => {
  const alice = await signIn(await newPerson('alice'));
  await alice.client.rpc('ensure_account');
  await alice.client.from('campaigns').insert({ name: 'Second' });
  // PostgREST answers 406 to a single object asked for where two rows were changed, and undoes the change.
  const { error, status } = await alice.client
    .from('campaigns')
    .update({ description: 'for both' })
    .neq('id', '')
    .select()
    .single();
  expect([status, error?.code]).toEqual([406, 'PGRST116']);
  const { data } = await alice.client.from('campaigns').select('description');
  expect(data).toHaveLength(2);
  expect(data?.map(({ description }) => description)).not.toContain('for both');
});

test.each([
  'count=planned',
  'count=estimated',
  'count = planned',
  'Count="estimated"',
  'return=minimal,count =estimated',
])('a count asked for as %s tells of no other table', async (prefer) => {
  const alice = await signIn(await newPerson('alice'));
  await alice.client.rpc('ensure_account');
  // The planner would say how many an average table has.
  await alice.client.from('campaigns').insert({ name: 'Second' });
  await asRoot('analyze mgmt.campaigns');
  const { headers } = await request('/rest/v1/campaigns?select=id', {
    token: alice.accessToken,
    headers: { prefer },
  });
  expect(headers.get('content-range')).toBe('0-1/2');
});

test('calls are counted per person', async () => {
  const [alice, bob] = await Promise.all([signIn(await newPerson('alice')), signIn(await newPerson('bob'))]);
  const left = async (token: string) =>
    Number((await request('/rest/v1/campaigns', { token })).headers.get('x-ratelimit-remaining'));
  const ofBob = await left(bob.accessToken);
  for (let call = 0; call < 5; call++) await left(alice.accessToken);
  expect(await left(bob.accessToken)).toBeGreaterThanOrEqual(ofBob - 1);
});

// The gateway with handlers that only answer: what it does before anything else is asked. The rest is tested on the running stack.
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import { rateLimits } from '../limits.ts';
import { createGateway } from './server.ts';

const secret = 's'.repeat(40);
const config = readConfig({
  PORT: '1',
  SUPABASE_URL: 'http://127.0.0.1:1',
  APP_URL: 'http://127.0.0.1:2',
  SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_test',
  SUPABASE_SECRET_KEY: 'sb_secret_test',
  SUPABASE_JWT_SECRET: secret,
  AUTHENTICATOR_DATABASE_URL: 'postgresql://127.0.0.1/x',
  AUTH_DATABASE_URL: 'postgresql://127.0.0.1/x',
  STORAGE_DATABASE_URL: 'postgresql://127.0.0.1/x',
  REALTIME_URL: 'http://127.0.0.1:9',
  FUNCTIONS_URL: 'http://127.0.0.1:9',
  STORAGE_DIR: '/nowhere',
});

let base = '';
let server: ReturnType<typeof createGateway>;
let answer: () => Promise<Response>;

beforeEach(async () => {
  answer = async () => Response.json({ ok: true });
  const handler = () => answer();
  server = createGateway(config, { rest: handler, auth: handler, storage: handler, healthy: async () => true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

async function statuses(count: number, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const all: Response[] = [];
  for (let call = 0; call < count; call++) {
    const response = await fetch(base + path, { method, headers: { apikey: 'sb_publishable_test', ...headers } });
    await response.arrayBuffer();
    all.push(response);
  }
  return all;
}

async function token(sub: string): Promise<string> {
  return new SignJWT({ sub, role: 'authenticated' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(secret));
}

test('asking for mail is limited per address, with the time to wait', async () => {
  const limit = rateLimits.credential.perMinute;
  const all = await statuses(limit + 1, '/auth/v1/otp', {}, 'POST');
  expect(all.slice(0, limit).map(({ status }) => status)).toEqual(Array(limit).fill(200));
  const refused = all[limit];
  expect(refused?.status).toBe(429);
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused?.headers.get('x-ratelimit-remaining')).toBe('0');

  const elsewhere = await statuses(1, '/auth/v1/otp', { 'x-forwarded-for': '198.51.100.7' }, 'POST');
  expect(elsewhere[0]?.status).toBe(200);
});

test('renewing sessions is not held up by others at the same table who sign in', async () => {
  await statuses(rateLimits.credential.perMinute + 1, '/auth/v1/otp', {}, 'POST');
  await statuses(rateLimits.oauth.perMinute + 1, '/auth/v1/authorize');
  const [renewed] = await statuses(1, '/auth/v1/token?grant_type=refresh_token', {}, 'POST');
  expect(renewed?.status).toBe(200);
});

test('a refusal has a code, a sentence and the id of the request', async () => {
  const { length } = await statuses(rateLimits.credential.perMinute, '/auth/v1/verify', {}, 'POST');
  expect(length).toBe(rateLimits.credential.perMinute);
  const response = await fetch(`${base}/auth/v1/verify`, {
    method: 'POST',
    headers: { apikey: 'sb_publishable_test', 'x-request-id': 'request-0001' },
  });
  expect(await response.json()).toMatchObject({
    code: 'rate_limited',
    message: 'Too many requests.',
    request_id: 'request-0001',
  });
  // The Auth client reads `code` only from answers of this version on.
  expect(response.headers.get('x-supabase-api-version')).toBe('2024-01-01');
});

test('signed-in calls are counted per user, wherever they come from', async () => {
  const [alice, bob] = await Promise.all([token('alice'), token('bob')]);
  const calls = 5;
  const began = Date.now();
  const ofAlice = await statuses(calls, '/rest/v1/x', { authorization: `Bearer ${alice}` });
  const ofBob = await statuses(1, '/rest/v1/x', { authorization: `Bearer ${bob}` });
  const { perMinute } = rateLimits.user;
  // The bucket refills while we call.
  const refilled = Math.ceil(((Date.now() - began) / 60_000) * perMinute);
  const left = Number(ofAlice.at(-1)?.headers.get('x-ratelimit-remaining'));
  expect(left).toBeGreaterThanOrEqual(perMinute - calls);
  expect(left).toBeLessThanOrEqual(Math.min(perMinute - 1, perMinute - calls + refilled));
  expect(ofBob[0]?.headers.get('x-ratelimit-remaining')).toBe(String(perMinute - 1));
});

test('the secret key is not counted', async () => {
  const [call] = await statuses(1, '/rest/v1/x', { apikey: 'sb_secret_test' });
  expect(call?.status).toBe(200);
  expect(call?.headers.get('x-ratelimit-limit')).toBeNull();
});

test('a service that is down is told as such', async () => {
  const response = await fetch(`${base}/functions/v1/sessions`, { headers: { apikey: 'sb_publishable_test' } });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('2');
  expect(await response.json()).toMatchObject({ code: 'service_unavailable' });
});

test('a method that is not of the API is refused', async () => {
  const { status, body } = await new Promise<{ status: number | undefined; body: string }>((resolve) => {
    const request = http.request(`${base}/rest/v1/x`, { method: 'TRACE', headers: { apikey: 'sb_publishable_test' } });
    request.on('response', async (response) => {
      resolve({ status: response.statusCode, body: Buffer.concat(await response.toArray()).toString() });
    });
    request.end();
  });
  expect(status).toBe(405);
  expect(JSON.parse(body)).toMatchObject({ code: 'method_not_allowed' });
});

test.each([
  ['no HTTP at all', 'hello\r\n\r\n', 400, 'bad_request'],
  ['endless headers', `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
])('%s is refused with a code', async (_what, bytes, status, code) => {
  const socket = net.connect(Number(new URL(base).port), '127.0.0.1');
  socket.write(bytes);
  const answer = Buffer.concat(await socket.toArray()).toString();
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code });
});

test('a WebSocket is refused without a key, and anywhere but at Realtime', async () => {
  const open = (path: string) =>
    new Promise<string>((resolve) => {
      const request = http.request(base + path, { headers: { connection: 'Upgrade', upgrade: 'websocket' } });
      request.on('response', async (response) => resolve(Buffer.concat(await response.toArray()).toString()));
      request.end();
    });
  expect(await open('/realtime/v1/websocket')).toContain('api_key_missing');
  expect(await open('/realtime/v1/websocket?apikey=wrong')).toContain('api_key_invalid');
  expect(await open('/rest/v1/x?apikey=sb_publishable_test')).toContain('not_found');
});

test.each([
  ['an exception in the Data API', Response.json({ code: 'SUP', message: 'RangeError: stack' }, { status: 500 }), 500],
  ['an exception in Auth', Response.json({ error: 'server_error' }, { status: 500 }), 500],
  ['an exception anywhere', new Response('Internal Server Error', { status: 500 }), 500],
  ['plain text for an unknown path', new Response('404 Not Found', { status: 404 }), 404],
])('%s is told in our words', async (_, given, status) => {
  answer = async () => given;
  const response = await fetch(`${base}/auth/v1/x`, { headers: { apikey: 'sb_publishable_test' } });
  const code = status === 500 ? 'internal' : 'not_found';
  expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ code })]);
});

test('a refusal that has a code passes as it is', async () => {
  answer = async () => Response.json({ code: '57014', message: 'canceled' }, { status: 500 });
  const response = await fetch(`${base}/rest/v1/x`, { headers: { apikey: 'sb_publishable_test' } });
  expect([response.status, await response.json()]).toEqual([500, { code: '57014', message: 'canceled' }]);
});

import { expect, test } from 'vitest';
import { createDoor } from './door.ts';
import { sessionCookie, sessionSeconds } from './sessions.ts';

const password = 'a password of twenty';
const own = 'http://127.0.0.1:20003';

function door() {
  let time = 1_000_000;
  const app = createDoor({
    port: 20003,
    password,
    rateLimitScale: 1,
    now: () => time,
    inside: async () => async (request) => {
      if (new URL(request.url).pathname === '/broken') throw new Error('with a secret in it');
      return new Response('inside', { headers: { 'access-control-allow-origin': '*' } });
    },
  });
  const ask = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
    app.request(`${own}${path}`, { ...init, headers: { host: '127.0.0.1:20003', ...init.headers } });
  const signIn = (guess: string, next = '/') =>
    ask('/login', { method: 'POST', body: new URLSearchParams({ password: guess, next }) });
  return {
    ask,
    signIn,
    pass: (seconds: number) => {
      time += seconds * 1_000;
    },
    enter: async () => cookieOf(await signIn(password)),
  };
}

function cookieOf(response: Response): string {
  return response.headers.get('set-cookie')!.split(';')[0]!;
}

test('nothing is inside without the password', async () => {
  const { ask, signIn } = door();
  for (const path of ['/', '/sql', '/static/assets/main.js', '/_system/info', '/rest/v1/users', '/anything']) {
    expect((await ask(path)).status, path).toBe(401);
    const visit = await ask(path, { headers: { accept: 'text/html' } });
    expect([visit.status, visit.headers.get('location')], path).toEqual([
      303,
      expect.stringMatching(/^\/login\?next=/),
    ]);
    for (const method of ['POST', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])
      expect((await ask(path, { method })).status, `${method} ${path}`).toBe(401);
  }
  const wrong = await signIn('not the password at all');
  expect(wrong.status).toBe(401);
  expect(wrong.headers.get('set-cookie')).toBeNull();
  expect((await ask('/', { headers: { cookie: `${sessionCookie}=guessed` } })).status).toBe(401);
});

test('a session lets in until it ends, or is ended', async () => {
  const { ask, enter, pass } = door();
  const first = await enter();
  const second = await enter();
  expect(await (await ask('/', { headers: { cookie: first } })).text()).toBe('inside');
  await ask('/logout', { method: 'POST', headers: { cookie: first } });
  expect((await ask('/', { headers: { cookie: first } })).status).toBe(401);
  pass(sessionSeconds - 1);
  expect((await ask('/', { headers: { cookie: second } })).status).toBe(200);
  pass(1);
  expect((await ask('/', { headers: { cookie: second } })).status).toBe(401);
});

test('the cookie is kept from scripts and from other sites', async () => {
  const { signIn } = door();
  const attributes = (await signIn(password)).headers.get('set-cookie')!;
  expect(attributes).toMatch(/; HttpOnly/);
  expect(attributes).toMatch(/; SameSite=Strict/);
  expect(attributes).not.toMatch(/domain/i);
});

test('guessing is slow, also for who guesses right in the end', async () => {
  const { signIn, pass } = door();
  for (let tries = 0; tries < 10; tries += 1) expect((await signIn('wrong wrong wrong')).status).toBe(401);
  const late = await signIn(password);
  expect([late.status, Number(late.headers.get('retry-after'))]).toEqual([429, 6]);
  expect(late.headers.get('set-cookie')).toBeNull();
  pass(6);
  expect((await signIn(password)).status).toBe(303);
});

test('another name for this address is refused, whoever asks', async () => {
  const { ask, enter } = door();
  const cookie = await enter();
  for (const host of [
    'evil.example:20003',
    'evil.example',
    '127.0.0.1',
    '127.0.0.1:20001',
    'localhost:20003.evil.example',
  ])
    for (const path of ['/', '/login', '/healthz'])
      expect((await ask(path, { headers: { cookie, host } })).status, `${host} ${path}`).toBe(421);
  expect((await ask('/', { headers: { cookie, host: 'localhost:20003' } })).status).toBe(200);
});

test('other pages can only link here', async () => {
  const { ask, enter } = door();
  const cookie = await enter();
  const post = (headers: Record<string, string>) => ask('/sql', { method: 'POST', headers: { cookie, ...headers } });
  for (const origin of ['https://evil.example', 'http://127.0.0.1:20000', 'http://localhost:20003', 'null'])
    expect((await post({ origin })).status, origin).toBe(403);
  for (const site of ['cross-site', 'same-site']) {
    expect((await post({ 'sec-fetch-site': site })).status).toBe(403);
    const navigation = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' };
    expect((await ask('/', { headers: { cookie, ...navigation, 'sec-fetch-dest': 'iframe' } })).status).toBe(403);
    expect((await ask('/', { headers: { cookie, ...navigation, 'sec-fetch-dest': 'document' } })).status).toBe(200);
    const script = { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' };
    expect((await ask('/rest/v1/users', { headers: { cookie, ...script } })).status).toBe(403);
  }
  expect((await post({ origin: own, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
});

test('a sign-in leads to pages of ours only', async () => {
  const { signIn } = door();
  const target = async (next: string) => (await signIn(password, next)).headers.get('location');
  expect(await target('/sql?snippet=operators')).toBe('/sql?snippet=operators');
  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', '/sqlevil', '/logout', ''])
    expect(await target(next), next).toBe('/');
});

test('every answer forbids frames, foreign scripts and caches, and invites no origin', async () => {
  const { ask, enter } = door();
  const cookie = await enter();
  for (const path of ['/login', '/', '/broken']) {
    const { headers } = await ask(path, { headers: { cookie } });
    expect(headers.get('content-security-policy'), path).toMatch(/script-src 'self';.*frame-ancestors 'none'/);
    expect(headers.get('cache-control'), path).toBe('no-store');
    expect(headers.get('access-control-allow-origin'), path).toBeNull();
  }
});

test('what went wrong inside is told to the log only', async () => {
  const { ask, enter } = door();
  const response = await ask('/broken', { headers: { cookie: await enter() } });
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('secret');
});

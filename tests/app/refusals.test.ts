// What the app's own door refuses: each with a code and an id to quote, and nothing of our insides.
import { expect, test } from 'vitest';
import { stack } from '../lib/environment.ts';

interface Refusal {
  status: number;
  code: string | undefined;
}

/** Sends a form as a script on our own page would. */
async function post(path: string, contentType: string, body: string, origin = stack.appUrl): Promise<Refusal> {
  const answer = await fetch(stack.appUrl + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin, 'content-type': contentType, accept: 'application/json' },
    body,
  });
  const text = await answer.text();
  expect(text).not.toMatch(/node_modules|\.[jt]s:\d|\n\s+at /);
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{8,64}$/);
  const told = JSON.parse(text) as { code?: string; error?: { code?: string } };
  return { status: answer.status, code: told.code ?? told.error?.code };
}

const form = 'application/x-www-form-urlencoded';

test.each([
  // A form from elsewhere is refused by Kit already; what it does not take for one reaches our own check.
  ['another site', '/appearance', 'application/json', '{}', 'https://evil.example', 403, 'forbidden'],
  ['a page without an origin', '/logout', 'application/json', '{}', 'null', 403, 'forbidden'],
  ['JSON for a form', '/appearance', 'application/json', '{', undefined, 422, 'validation'],
  [
    'a broken multipart body',
    '/appearance',
    'multipart/form-data; boundary=x',
    'nothing',
    undefined,
    422,
    'validation',
  ],
  ['a broken form action', '/login?/email', 'multipart/form-data; boundary=x', 'nothing', undefined, 422, 'validation'],
  ['an unknown choice', '/appearance', form, 'theme=pink', undefined, 422, 'validation'],
  ['an unknown action', '/login?/nope', form, 'x=1', undefined, 404, 'not_found'],
  ['a body too large', '/appearance', form, `back=${'a'.repeat(600 * 1024)}`, undefined, 413, 'body_too_large'],
] as const)('%s is refused', async (_, path, type, body, origin, status, code) => {
  expect(await post(path, type, body, origin)).toEqual({ status, code });
});

test('a body too large is refused also where it does not say how long it is', async () => {
  const stream = (bytes: number) => new Blob([`back=${'a'.repeat(bytes)}`]).stream();
  const send = (bytes: number) =>
    fetch(`${stack.appUrl}/appearance`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: stack.appUrl, 'content-type': form, accept: 'application/json' },
      body: stream(bytes),
      duplex: 'half',
    } as RequestInit);
  const answer = await send(600 * 1024);
  expect([answer.status, ((await answer.json()) as { code?: string }).code]).toEqual([413, 'body_too_large']);
  expect((await send(100)).status).toBe(303);
});

test.each(['https://evil.example', 'null'])('a form from %s is refused', async (origin) => {
  const body = new URLSearchParams({ theme: 'light' });
  const answer = await fetch(`${stack.appUrl}/appearance`, { method: 'POST', headers: { origin }, body });
  expect(answer.status).toBe(403);
  expect(answer.headers.getSetCookie()).toEqual([]);
});

test.each(['/.//evil.example', '//evil.example', 'https://evil.example'])('%s leads nowhere else', async (back) => {
  const answer = await fetch(`${stack.appUrl}/appearance`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: stack.appUrl },
    body: new URLSearchParams({ theme: 'dark', back }),
  });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
});

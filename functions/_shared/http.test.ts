import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { AppError } from './app-error.ts';
import { createHandler } from './http.ts';
import { readBody } from './input.ts';

const handler = createHandler('shop', {
  'POST /things': async ({ request }) => Response.json(await readBody(request, z.object({ name: z.string().min(1) }))),
  'GET /things/:name': async (call) => Response.json({ name: call.param('name'), requestId: call.requestId }),
  'PUT /things/:name': async () => {
    throw new AppError('conflict', 'There is one already.', { hint: 'Take another name.' });
  },
  'GET /broken': async () => {
    throw new Error('the password is 1234');
  },
});

async function ask(
  method: string,
  path: string,
  { body, signedIn = true }: { body?: string; signedIn?: boolean } = {},
) {
  const headers = { 'x-request-id': 'request-4711', ...(signedIn && { authorization: 'Bearer token' }) };
  const response = await handler(new Request(`http://shop.test/shop${path}`, { method, headers, body: body ?? null }));
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

test('parameters are decoded, and the request id goes through', async () => {
  const { body, headers } = await ask('GET', `/things/${encodeURIComponent('Mara / 50 %')}`);
  expect(body).toEqual({ name: 'Mara / 50 %', requestId: 'request-4711' });
  expect(headers.get('x-request-id')).toBe('request-4711');
});

test('a refusal has code, message, hint and request id', async () => {
  const { status, body } = await ask('PUT', '/things/one');
  expect(status).toBe(409);
  expect(body).toEqual({
    code: 'conflict',
    message: 'There is one already.',
    hint: 'Take another name.',
    request_id: 'request-4711',
  });
});

test('whatever else is thrown is internal, told to the log alone', async () => {
  const logged = vi.spyOn(console, 'error').mockReturnValue();
  const { status, body } = await ask('GET', '/broken');
  expect({ status, code: body['code'] }).toEqual({ status: 500, code: 'internal' });
  expect(JSON.stringify(body)).not.toContain('1234');
  expect(logged.mock.calls.join()).toContain('1234');
  logged.mockRestore();
});

test('unknown address 404, other method 405 with what is allowed, no sign-in 401', async () => {
  expect(await ask('GET', '/nothing')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  const { status, headers } = await ask('DELETE', '/things/one');
  expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow: 'GET, PUT' });
  expect(await ask('GET', '/things/one', { signedIn: false })).toMatchObject({
    status: 401,
    body: { code: 'signed_out' },
  });
});

test('input: malformed 400, wrong 422 with the field', async () => {
  expect(await ask('POST', '/things', { body: '{' })).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
  expect(await ask('POST', '/things', { body: '{"name":""}' })).toMatchObject({
    status: 422,
    body: { code: 'validation', field: 'name', message: expect.stringMatching(/^name: /) },
  });
});

test('the character NUL and bottomless JSON are refused, also where nothing is checked', async () => {
  expect(await ask('GET', '/things/a%00b')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect(await ask('POST', '/things', { body: '{"name":"a\\u0000b"}' })).toMatchObject({
    status: 422,
    body: { code: 'validation', field: 'name' },
  });
  const deep = `{"name":"a","more":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  expect(await ask('POST', '/things', { body: deep })).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
});

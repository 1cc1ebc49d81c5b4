// What every function answers to bad input, through the one origin.
import { beforeAll, expect, test } from 'vitest';
import { type SignedIn } from '../lib/people.ts';
import { request } from '../lib/requests.ts';
import { accessToken, claimsOf, unsigned } from '../lib/tokens.ts';
import { call, newOwner } from '../sessions/table.ts';

let alice: SignedIn;

beforeAll(async () => {
  alice = await newOwner('alice');
});

function send(body: BodyInit, token = alice.accessToken) {
  const headers = { 'content-type': 'application/json' };
  return request('/functions/v1/sessions/start', {
    method: 'POST',
    token,
    headers,
    body,
    duplex: 'half',
  } as RequestInit);
}

test('an unknown function is 404 with a code', async () => {
  const { status, body } = await call(alice, 'POST', '/nothing-here', {});
  expect(status).toBe(404);
  expect(body).toMatchObject({ code: 'not_found', request_id: expect.any(String) });
});

test.each(['/sessions', '/sessions/', '/sessions/one/two/three/four', '/providers/secrets'])(
  'an unknown address of a function, %s, is 404',
  async (path) => {
    const { status, body } = await call(alice, 'GET', path);
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' });
  },
);

test('a known address with another method is 405 and tells which', async () => {
  const { status, body, headers } = await call(alice, 'GET', '/sessions/start');
  expect({ status, code: body.code }).toEqual({ status: 405, code: 'method_not_allowed' });
  expect(headers.get('allow')).toBe('POST');
});

test('forged, unsigned and expired tokens are 401 with a code', async () => {
  const claims = claimsOf(alice.accessToken);
  const tokens = {
    forged: await accessToken(claims, { secret: 'not the secret of this stack at all' }),
    unsigned: unsigned(alice.accessToken),
    expired: await accessToken(claims, { expiresIn: -60 }),
    garbage: 'garbage',
  };
  for (const [name, token] of Object.entries(tokens)) {
    const { status, body } = await send('{}', token);
    expect({ name, status, code: body.code }).toEqual({ name, status: 401, code: 'signed_out' });
  }
});

test.each(['', '{', 'null and void', '{"campaign_id": }'])('malformed JSON, %j, is 400', async (body) => {
  const answer = await send(body);
  expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 400, code: 'malformed_json' });
});

test.each(['null', '[]', '"text"', '7'])('JSON that is no object, %s, is 422', async (body) => {
  const answer = await send(body);
  expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 422, code: 'validation' });
});

test('a body too large is 413, also without a length', async () => {
  const large = `{"campaign_id":"${'x'.repeat(20 * 1024 * 1024)}"}`;
  const chunked = new Blob([large]).stream();
  for (const body of [large, chunked]) {
    const answer = await send(body);
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 413, code: 'body_too_large' });
  }
});

test('the request id of the answer is the one in its body', async () => {
  const { headers, body } = await send('{');
  expect(headers.get('x-request-id')).toBe(body.request_id);
});

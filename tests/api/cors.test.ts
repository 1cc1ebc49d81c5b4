import { expect, test } from 'vitest';
import { stack } from '../lib/environment.ts';
import { request } from '../lib/requests.ts';

const allowed = [new URL(stack.appUrl).origin, 'http://localhost:5173', 'http://127.0.0.1:3000', 'http://[::1]:8080'];
const foreign = ['https://evil.example', 'http://localhost.evil.example', 'http://127.0.0.1.nip.io', 'null', 'file://'];

function preflight(path: string, origin: string) {
  return request(path, {
    key: null,
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, apikey, content-type, content-profile, x-client-info',
    },
  });
}

test.each(['/rest/v1/campaigns', '/auth/v1/otp', '/storage/v1/bucket', '/functions/v1/sessions/start'])(
  'pages of the app may call %s',
  async (path) => {
    for (const origin of allowed) {
      const { status, headers } = await preflight(path, origin);
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-allow-methods')).toContain('PATCH');
      for (const name of ['authorization', 'apikey', 'content-profile', 'x-client-info'])
        expect(headers.get('access-control-allow-headers')).toContain(name);
      expect(headers.get('vary')).toMatch(/origin/i);
    }
  },
);

test.each(foreign)('pages of %s may not read an answer', async (origin) => {
  const before = await preflight('/rest/v1/campaigns', origin);
  expect(before.headers.get('access-control-allow-origin')).toBeNull();
  for (const path of [
    '/rest/v1/campaigns',
    '/auth/v1/settings',
    '/storage/v1/bucket',
    '/functions/v1/sessions/x/status',
    '/nowhere',
  ]) {
    const { headers } = await request(path, { headers: { origin } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  }
});

test('an error can be read by the app as well', async () => {
  const origin = new URL(stack.appUrl).origin;
  const { status, headers } = await request('/rest/v1/campaigns', { key: null, headers: { origin } });
  expect(status).toBe(401);
  expect(headers.get('access-control-allow-origin')).toBe(origin);
  expect(headers.get('access-control-expose-headers')).toContain('x-request-id');
});

test('credentials of other sites are never asked for', async () => {
  const { headers } = await preflight('/auth/v1/otp', new URL(stack.appUrl).origin);
  expect(headers.get('access-control-allow-credentials')).toBeNull();
});

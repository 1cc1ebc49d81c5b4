import { expect, test } from 'vitest';
import { stack } from '../lib/environment.ts';
import { mailTo, newestMail } from '../lib/mailbox.ts';
import { newClient } from '../lib/people.ts';
import { post, request } from '../lib/requests.ts';

function newAddress(name: string): string {
  return `${name}.${crypto.randomUUID()}@example.test`;
}

test('the code of a mail signs in, once, and proves the address', async () => {
  const email = newAddress('alice');
  const client = newClient();
  expect((await client.auth.signInWithOtp({ email, options: { data: { nickname: 'Al' } } })).error).toBeNull();
  const mail = await newestMail(email);
  expect(mail.code).toMatch(/^\d{6}$/);
  expect(mail.html).toContain(mail.code);

  const { data, error } = await client.auth.verifyOtp({ email, token: mail.code ?? '', type: 'email' });
  expect(error).toBeNull();
  expect(data.user).toMatchObject({
    email,
    email_confirmed_at: expect.any(String) as string,
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: { email, email_verified: true, nickname: 'Al' },
  });
  const again = await newClient().auth.verifyOtp({ email, token: mail.code ?? '', type: 'email' });
  expect(again.error?.code).toBe('otp_expired');
});

test('asking for a mail proves nothing', async () => {
  const email = newAddress('bob');
  await newClient().auth.signInWithOtp({ email });
  await newestMail(email);
  const wrong = await newClient().auth.verifyOtp({ email, token: '000000', type: 'email' });
  expect(wrong.error?.code).toBe('otp_expired');
  expect(wrong.error?.status).toBe(403);
});

test('the link of a mail leads to the app, and its hash signs in', async () => {
  const email = newAddress('carol');
  await newClient().auth.signInWithOtp({ email });
  const link = new URL((await newestMail(email)).link ?? '');
  expect(link.origin + link.pathname).toBe(`${stack.appUrl}/auth/confirm`);
  const tokenHash = link.searchParams.get('token_hash') ?? '';
  const client = newClient();
  const { data, error } = await client.auth.verifyOtp({ token_hash: tokenHash, type: 'email' });
  expect(error).toBeNull();
  expect(data.user?.email).toBe(email);
});

test('a hash followed at /verify brings the session in the fragment, to allowed addresses only', async () => {
  const email = newAddress('alice');
  await newClient().auth.signInWithOtp({ email });
  const hash = new URL((await newestMail(email)).link ?? '').searchParams.get('token_hash') ?? '';
  const follow = (redirectTo: string) =>
    request(`/auth/v1/verify?token=${hash}&type=magiclink&redirect_to=${encodeURIComponent(redirectTo)}`, {
      key: null,
    });

  const first = await follow('https://evil.example/');
  expect(first.status).toBe(303);
  const target = new URL(first.headers.get('location') ?? '');
  expect(target.origin).toBe(new URL(stack.appUrl).origin);
  expect(new URLSearchParams(target.hash.slice(1)).get('access_token')).toMatch(/^ey/);

  const second = await follow(`${stack.appUrl}/auth/callback`);
  const refused = new URL(second.headers.get('location') ?? '');
  expect(refused.pathname).toBe('/auth/callback');
  expect(refused.searchParams.get('error_code')).toBe('otp_expired');
  expect(refused.hash).not.toContain('access_token');
});

test('the same address gets one mail at a time', async () => {
  const email = newAddress('alice');
  await newClient().auth.signInWithOtp({ email });
  const { error } = await newClient().auth.signInWithOtp({ email });
  expect(error?.code).toBe('over_email_send_rate_limit');
  expect(error?.status).toBe(429);
  expect(await mailTo(email)).toHaveLength(1);
});

test('without permission to create a user, an unknown address gets no mail', async () => {
  const email = newAddress('mallory');
  const { error } = await newClient().auth.signInWithOtp({ email, options: { shouldCreateUser: false } });
  expect(error?.code).toBe('otp_disabled');
  expect(await mailTo(email)).toHaveLength(0);
});

test('mail comes in the language of the request', async () => {
  const email = newAddress('lena');
  await newClient({ headers: { 'accept-language': 'de-DE,de;q=0.9' } }).auth.signInWithOtp({ email });
  expect((await newestMail(email)).subject).toBe('Willkommen bei Glyphoxa');
});

test.each(['', 'nobody', 'a@b', 'a b@example.test', `${'x'.repeat(250)}@example.test`])(
  'refuses %j as an address',
  async (email) => {
    const { status, body } = await post<{ error_code: string }>('/auth/v1/otp', { email });
    expect([status, body.error_code]).toEqual([400, 'validation_failed']);
  },
);

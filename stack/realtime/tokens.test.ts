import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { Tokens } from './tokens.ts';

const jwtSecret = 'a secret of at least thirty-two bytes';
const tokens = new Tokens({ jwtSecret, publishableKey: 'sb_publishable_x', secretKey: 'sb_secret_x' });
const soon = () => Math.floor(Date.now() / 1000) + 60;

function sign(claims: Record<string, unknown>, secret = jwtSecret): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
}

function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}

test('keys stand for their role, tokens for their claims', async () => {
  expect(await tokens.verify('sb_publishable_x')).toMatchObject({ role: 'anon' });
  expect(await tokens.verify('sb_secret_x')).toMatchObject({ role: 'service_role' });
  expect(await tokens.verify(await sign({ role: 'authenticated', sub: 'alice', exp: soon() }))).toMatchObject({
    role: 'authenticated',
    sub: 'alice',
  });
});

test.each([
  ['an unknown key', () => 'sb_secret_y', 'InvalidAPIKey: Invalid API key'],
  ['no JWT', () => 'nonsense', 'MalformedJWT: The token provided is not a valid JWT'],
  [
    'another secret',
    () => sign({ role: 'authenticated', exp: soon() }, 'x'.repeat(32)),
    'JwtSignatureError: Failed to validate JWT signature',
  ],
  [
    'no signature',
    () => unsigned({ role: 'service_role', exp: soon() }),
    'JwtSignerError: Failed to generate JWT signer, check your JWT secret or JWKS configuration',
  ],
  ['no role', () => sign({ exp: soon() }), 'InvalidJWTToken: Fields `role` and `exp` are required in JWT'],
  ['no expiry', () => sign({ role: 'anon' }), 'InvalidJWTToken: Fields `role` and `exp` are required in JWT'],
])('%s is refused with the reason Supabase gives', async (_name, make, reason) => {
  await expect(tokens.verify(await make())).rejects.toMatchObject({ reason });
});

test('an expired token says since when', async () => {
  const token = await sign({ role: 'authenticated', exp: Math.floor(Date.now() / 1000) - 100 });
  await expect(tokens.verify(token)).rejects.toMatchObject({
    code: 'InvalidJWTToken',
    message: expect.stringMatching(/^Token has expired 10[01] seconds ago$/),
  });
});

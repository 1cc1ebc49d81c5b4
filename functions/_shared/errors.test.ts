import { expect, test } from 'vitest';
import { KeyringError } from '../../domain/secrets/keyring.ts';
import { checkEnv, supabaseEnv } from './env.ts';
import { fromDataApi, toAppError } from './errors.ts';
import { z } from 'zod';

test('a refusal of our SQL keeps code, sentence and hint', () => {
  const error = fromDataApi({ code: 'PT409', message: 'Something plays here.', details: 'guild_busy', hint: 'Wait.' });
  expect(error).toMatchObject({ code: 'guild_busy', status: 409, message: 'Something plays here.', hint: 'Wait.' });
});

test.each([
  ['an expired token', { code: 'PGRST303', message: 'JWT expired' }, 'signed_out'],
  ['a missing grant', { code: '42501', message: 'permission denied for table secrets' }, 'forbidden'],
  ['a broken statement', { code: '42601', message: 'syntax error at or near "user"' }, 'internal'],
  ['an unreachable API', { message: 'TypeError: fetch failed' }, 'internal'],
  ['a detail that is no code', { code: '23505', message: 'duplicate key', details: 'Key (id)=(1) exists' }, 'internal'],
])('%s is %s and says nothing of the database', (_, error, code) => {
  const made = fromDataApi(error);
  expect(made.code).toBe(code);
  expect(made.message).not.toContain(error.message);
});

test('a keyring that does not work is the secret store being away', () => {
  expect(toAppError(new KeyringError('GLYPHOXA_KEYRING has no key 2.'))).toMatchObject({
    code: 'secret_store_unavailable',
    status: 503,
  });
});

test('configuration that is missing or wrong is named', () => {
  expect(() =>
    supabaseEnv({ SUPABASE_URL: 'http://127.0.0.1:1', SUPABASE_PUBLISHABLE_KEYS: '{"default":"a"}' }),
  ).toThrow('SUPABASE_SECRET_KEYS');
  expect(() =>
    supabaseEnv({ SUPABASE_URL: 'x', SUPABASE_PUBLISHABLE_KEYS: 'sb_publishable_1', SUPABASE_SECRET_KEYS: '{}' }),
  ).toThrow(/SUPABASE_URL.*SUPABASE_PUBLISHABLE_KEYS.*is not JSON.*SUPABASE_SECRET_KEYS\.default/);
  expect(() => checkEnv(z.object({ NAME: z.string() }), { NAME: '' })).toThrow('NAME');
});

test('the default key is taken of several', () => {
  const keys = (value: string) => JSON.stringify({ mobile: 'other', default: value });
  expect(
    supabaseEnv({
      SUPABASE_URL: 'http://127.0.0.1:1',
      SUPABASE_PUBLISHABLE_KEYS: keys('sb_publishable_1'),
      SUPABASE_SECRET_KEYS: keys('sb_secret_1'),
    }),
  ).toEqual({ url: 'http://127.0.0.1:1', publishableKey: 'sb_publishable_1', secretKey: 'sb_secret_1' });
});

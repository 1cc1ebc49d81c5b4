import { expect, test } from 'vitest';
import { databaseUrl, locateStack, serviceUrl, type StackContext } from './context.ts';
import { withOrigins } from './create-context.ts';
import { StackError } from './errors.ts';

test('ports follow GLYPHOXA_PORT', () => {
  const { ports } = locateStack({ GLYPHOXA_PORT: '20000' });
  expect([ports.app, ports.postgres, ports.discord]).toEqual([20000, 20002, 20011]);
  expect(serviceUrl({ ports }, 'api')).toBe('http://127.0.0.1:20001');
});

test.each(['80', '65530', '1e99', 'abc', '20000.5', ''])('GLYPHOXA_PORT=%j is refused with a sentence', (value) => {
  expect(() => locateStack({ GLYPHOXA_PORT: value })).toThrow(StackError);
});

test('public addresses are origins', () => {
  expect(withOrigins({ APP_URL: 'https://Play.example/', SMTP_HOST: 'mail' })).toEqual({
    APP_URL: 'https://play.example',
    SMTP_HOST: 'mail',
  });
  for (const value of ['play.example', 'https://play.example/app', 'ftp://play.example', 'https://a@play.example']) {
    expect(() => withOrigins({ SUPABASE_URL: value })).toThrow(/SUPABASE_URL must be an address/);
  }
});

test('a password may hold any character', () => {
  const password = 'p@ss/wörd:?#%&';
  const context = {
    ports: locateStack({ GLYPHOXA_PORT: '20000' }).ports,
    secrets: { database: { postgres: password } },
  } as unknown as StackContext;
  const url = new URL(databaseUrl(context, 'postgres'));
  expect(decodeURIComponent(url.password)).toBe(password);
  expect(url.host).toBe('127.0.0.1:20002');
});

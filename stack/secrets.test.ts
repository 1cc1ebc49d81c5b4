import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSecrets } from './secrets.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'glyphoxa-secrets-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('secrets are made once, and differ between stacks', () => {
  const first = loadSecrets(home);
  expect(loadSecrets(home)).toEqual(first);
  const other = mkdtempSync(join(tmpdir(), 'glyphoxa-secrets-'));
  expect(loadSecrets(other).jwtSecret).not.toBe(first.jwtSecret);
  rmSync(other, { recursive: true });
});

test('keys have the form that Supabase clients expect', () => {
  const { publishableKey, secretKey, keyring } = loadSecrets(home);
  expect(publishableKey).toMatch(/^sb_publishable_[\w-]{22}_[\w-]{8}$/);
  expect(secretKey).toMatch(/^sb_secret_[\w-]{22}_[\w-]{8}$/);
  expect(Buffer.from(keyring.replace(/^1:/, ''), 'base64')).toHaveLength(32);
});

test('the file is closed to others again when its mode was opened', () => {
  loadSecrets(home);
  chmodSync(join(home, 'secrets.json'), 0o644);
  loadSecrets(home);
  expect(statSync(join(home, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('a folder of an earlier version gets the secrets that came since, and keeps its own', () => {
  const file = join(home, 'secrets.json');
  const { stripeSecretKey: _, stripeWebhookSecret: _webhook, ...old } = loadSecrets(home);
  writeFileSync(file, JSON.stringify(old));
  const mended = loadSecrets(home);
  expect(mended).toMatchObject(old);
  expect(mended.stripeSecretKey).toMatch(/^sk_test_[\w-]{32}$/);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(mended);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a damaged file is reported and never replaced', () => {
  writeFileSync(join(home, 'secrets.json'), '{"jwtSecret": "short"');
  expect(() => loadSecrets(home)).toThrow(/secrets\.json is damaged \(the whole file\); restore it from a backup/);
  expect(statSync(join(home, 'secrets.json')).size).toBe(21);
});

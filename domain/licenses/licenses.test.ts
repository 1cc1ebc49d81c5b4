import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { type LicenseClaims, monthsLater } from './claims.ts';
import { issueLicense } from './issue.ts';
import { type LicenseKeyPair, newLicenseKeys } from './keys.ts';
import { verifyLicense } from './verify.ts';

const now = new Date('2026-11-21T12:00:00Z');
const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
let ours: LicenseKeyPair;
let theirs: LicenseKeyPair;

beforeAll(async () => {
  [ours, theirs] = await Promise.all([newLicenseKeys(), newLicenseKeys()]);
});

const claims = (changes: Partial<LicenseClaims> = {}): LicenseClaims => ({
  jti: randomUUID(),
  tid: 'rabenrunde_4f2a',
  sub: 'Lena Vogt',
  features: ['voice_cloning', 'analytics'],
  iat: seconds(now),
  exp: seconds(monthsLater(now, 12)),
  ...changes,
});

const problemOf = (key: string, publicKeys = ours.publicKey, at = now) =>
  verifyLicense(key, publicKeys, at).then(
    () => 'valid',
    (error: unknown) => (error as { problem?: string }).problem,
  );

test('what was issued is what is read, offline', async () => {
  const given = claims();
  const { key, fingerprint } = await issueLicense(given, ours.privateKey);
  expect(await verifyLicense(`\n ${key}\n`, ours.publicKey, now)).toEqual({ claims: given, fingerprint });
});

test('another key’s signature, also under our key’s name', async () => {
  const { key } = await issueLicense(claims(), theirs.privateKey);
  expect(await problemOf(key)).toBe('unknown_key');
  const { key: own } = await issueLicense(claims(), ours.privateKey);
  const [header] = own.split('.');
  const [, payload, signature] = key.split('.');
  expect(await problemOf(`${header}.${payload}.${signature}`)).toBe('wrong_signature');
});

test('more features than were signed', async () => {
  const { key } = await issueLicense(claims({ features: ['analytics'] }), ours.privateKey);
  const [header, payload, signature] = key.split('.');
  const more = { ...JSON.parse(atob(payload!)), features: ['analytics', 'voice_cloning'] } as object;
  const changed = Buffer.from(JSON.stringify(more)).toString('base64url');
  expect(await problemOf(`${header}.${changed}.${signature}`)).toBe('wrong_signature');
});

test('no signature at all is no way in', async () => {
  const { key, fingerprint } = await issueLicense(claims(), ours.privateKey);
  const header = Buffer.from(JSON.stringify({ alg: 'none', kid: fingerprint })).toString('base64url');
  expect(await problemOf(`${header}.${key.split('.')[1]}.`)).not.toBe('valid');
});

test('ended, not begun, no key, half a key', async () => {
  const { key } = await issueLicense(claims(), ours.privateKey);
  expect(await problemOf(key, ours.publicKey, monthsLater(now, 12))).toBe('expired');
  expect(await problemOf(key, ours.publicKey, new Date(now.getTime() - 60_000))).toBe('not_yet_valid');
  expect(await problemOf('')).toBe('unreadable');
  expect(await problemOf('no license')).toBe('unreadable');
  expect(['unreadable', 'wrong_signature']).toContain(await problemOf(key.slice(0, -20)));
});

test('a new public key beside the old one', async () => {
  const both = `${theirs.publicKey}\n${ours.publicKey}`;
  for (const { privateKey } of [ours, theirs]) {
    expect(await problemOf((await issueLicense(claims(), privateKey)).key, both)).toBe('valid');
  }
});

test('nothing is issued that nobody would take', async () => {
  await expect(issueLicense(claims({ tid: 'No Table' }), ours.privateKey)).rejects.toThrow();
  await expect(issueLicense(claims({ features: [] }), ours.privateKey)).rejects.toThrow();
  await expect(verifyLicense('x', 'no key', now)).rejects.toThrow(TypeError);
});

test('months end on the day they began, or on the last there is', () => {
  expect(monthsLater(new Date('2026-01-31T10:00:00Z'), 1).toISOString()).toBe('2026-02-28T10:00:00.000Z');
  expect(monthsLater(now, 14).toISOString()).toBe('2028-01-21T12:00:00.000Z');
});

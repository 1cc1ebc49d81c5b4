// Which key reaches the database, and what a person reads of one that does not.
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type LicenseClaims, monthsLater } from '../../domain/licenses/claims.ts';
import { issueLicense } from '../../domain/licenses/issue.ts';
import { type LicenseKeyPair, newLicenseKeys, readPrivateKey } from '../../domain/licenses/keys.ts';
import { verifyLicense } from '../../domain/licenses/verify.ts';
import type { MgmtClient } from '../_shared/supabase.ts';
import { createLicensesHandler } from './handler.ts';

let ours: LicenseKeyPair;
let theirs: LicenseKeyPair;
let written: { name: string; args: unknown }[];
/** What the database answers the caller. */
let answers: Record<string, { data?: unknown; error?: unknown }>;

beforeAll(async () => {
  [ours, theirs] = await Promise.all([newLicenseKeys(), newLicenseKeys()]);
});
beforeEach(() => {
  written = [];
  answers = { license_state: { data: { table_id: 'rabenrunde' } } };
});

const client = (note: boolean) =>
  ({
    rpc: (name: string, args: unknown) => {
      if (note) written.push({ name, args });
      return Promise.resolve({ data: answers[name]?.data ?? null, error: answers[name]?.error ?? null });
    },
  }) as unknown as MgmtClient;

async function ask(method: string, path: string, body: unknown, keys: Partial<LicenseKeyPair> = ours) {
  const handler = createLicensesHandler({
    publicKeys: keys.publicKey,
    privateKey: keys.privateKey,
    userClient: () => client(false),
    serviceClient: () => client(true),
  });
  const answer = await handler(
    new Request(`http://functions/licenses${path}`, {
      method,
      headers: { authorization: 'Bearer token' },
      body: JSON.stringify(body),
    }),
  );
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const claims = (days = 30): LicenseClaims => ({
  jti: randomUUID(),
  tid: 'rabenrunde',
  sub: 'Lena Vogt',
  features: ['analytics'],
  iat: Math.floor(Date.now() / 1000) - 90 * 86_400,
  exp: Math.floor(Date.now() / 1000) + days * 86_400,
});

test('what a checked key says goes to the database, with the key that checked it', async () => {
  const given = claims();
  const { key, fingerprint } = await issueLicense(given, ours.privateKey);
  expect(await ask('PUT', '/key', { key: `  ${key}\n` })).toMatchObject({ status: 200 });
  expect(written).toEqual([
    { name: 'install_license', args: { tenant: 'rabenrunde', claims: given, key_fingerprint: fingerprint } },
  ]);
});

test.each([
  ['ended', async () => (await issueLicense(claims(-1), ours.privateKey)).key, /has ended/],
  ['of an unknown key', async () => (await issueLicense(claims(), theirs.privateKey)).key, /does not know/],
  ['changed', async () => `${(await issueLicense(claims(), ours.privateKey)).key.slice(0, -6)}AAAAAA`, /was changed/],
  ['no key', () => Promise.resolve('hello'), /no license key/],
  [
    'of another maker',
    async () => {
      const { key, fingerprint } = await readPrivateKey(ours.privateKey);
      return new SignJWT({ ...claims(), iss: 'somebody' })
        .setProtectedHeader({ alg: 'EdDSA', kid: fingerprint })
        .sign(key);
    },
    /does not say/,
  ],
])('a key that is %s is refused in words, and nothing is written', async (_, make, words) => {
  const { status, body } = await ask('PUT', '/key', { key: await make() });
  expect({ status, code: body['code'], field: body['field'] }).toEqual({
    status: 422,
    code: 'validation',
    field: 'key',
  });
  expect(body['message']).toMatch(words);
  expect(written).toEqual([]);
});

test('who is no Owner is told so before the key is looked at', async () => {
  answers['license_state'] = {
    error: { code: 'PT403', message: 'Only Owners can do this.', details: 'forbidden', hint: '' },
  };
  const { key } = await issueLicense(claims(), ours.privateKey);
  expect(await ask('PUT', '/key', { key })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  expect(written).toEqual([]);
});

test('an operator gets a key for the claims that the database wrote down', async () => {
  const given = {
    ...claims(),
    iat: Math.floor(Date.now() / 1000),
    exp: Math.floor(monthsLater(new Date(), 12).getTime() / 1000),
  };
  answers['admin_issue_license'] = { data: given };
  const input = { table_id: 'rabenrunde', licensee: 'Lena Vogt', features: ['analytics'], months: 12 };
  const { status, body } = await ask('POST', '/issue', input);
  expect(status).toBe(201);
  const verified = await verifyLicense(String(body['key']), ours.publicKey);
  expect(verified.claims).toEqual(given);
  expect(written).toEqual([
    { name: 'license_signed', args: { license: given.jti, key_fingerprint: verified.fingerprint } },
  ]);
});

test('nothing is written down that nobody could sign, and nothing checked without a key to check with', async () => {
  const input = { table_id: 'rabenrunde', licensee: 'Lena Vogt', features: ['analytics'] };
  const none = { status: 503, body: { code: 'secret_store_unavailable' } };
  expect(await ask('POST', '/issue', input, {})).toMatchObject(none);
  expect(await ask('PUT', '/key', { key: 'x' }, {})).toMatchObject(none);
  expect(await ask('POST', '/issue', input, { privateKey: 'no key' })).toMatchObject({ status: 500 });
  expect(written).toEqual([]);
});

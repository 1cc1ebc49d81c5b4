// The edge function with real keys, against the real database: in managed mode, where an operator issues and nobody installs.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newPerson, signIn, type SignedIn } from '../lib/people.ts';
import { generateKeyPairSync, verify } from 'node:crypto';
import { Runtime } from '../functions/runtime.ts';

const root = join(import.meta.dirname, '../..');
const pair = generateKeyPairSync('ed25519');
let runtime: Runtime;
let owner: SignedIn;
let tenant: string;

beforeAll(async () => {
  runtime = await Runtime.start({
    FUNCTIONS_FOLDER: join(root, 'functions'),
    FUNCTIONS_CONFIG: join(root, 'supabase/config.toml'),
    SUPABASE_JWT_SECRET: stack.jwtSecret,
    SUPABASE_URL: stack.url,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: stack.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: stack.secretKey }),
    LICENSE_PUBLIC_KEY: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    LICENSE_PRIVATE_KEY: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  });
  owner = await signIn(await newPerson('alice'));
  const { error } = await owner.client.rpc('ensure_account');
  if (error) throw new Error(error.message);
  const [row] = await asRoot<{ tenant_id: string }>('select tenant_id from mgmt.users where id = $1', [owner.userId]);
  tenant = row!.tenant_id;
});
afterAll(async () => {
  await runtime.stop();
  await closeDatabase();
});

async function ask(method: string, path: string, body: unknown) {
  const answer = await fetch(`${runtime.url}/licenses${path}`, {
    method,
    headers: { authorization: `Bearer ${owner.accessToken}` },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const roleOf = (role: string) => asRoot('update mgmt.users set role = $2 where id = $1', [owner.userId, role]);

test('an operator issues a key that only its signer could have made; owners and players do not', async () => {
  const input = { table_id: tenant, licensee: 'Lena Vogt', features: ['voice_cloning'], months: 12 };
  expect(await ask('POST', '/issue', input)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  await roleOf('super_admin');
  const issued = await ask('POST', '/issue', input);
  expect(issued.status).toBe(201);
  const [header, payload, signature] = String(issued.body['key']).split('.');
  const signed = Buffer.from(`${header}.${payload}`);
  expect(verify(null, signed, pair.publicKey, Buffer.from(signature!, 'base64url'))).toBe(true);
  const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as Record<string, unknown>;
  expect(claims).toMatchObject({ tid: tenant, sub: 'Lena Vogt', features: ['voice_cloning'] });
  const { kid } = JSON.parse(Buffer.from(header!, 'base64url').toString()) as { kid: string };
  expect(
    await asRoot('select kind, licensee, key_fingerprint from mgmt.licenses where id = $1', [claims['jti']]),
  ).toEqual([{ kind: 'issued', licensee: 'Lena Vogt', key_fingerprint: kid }]);

  await roleOf('viewer');
  expect(await ask('PUT', '/key', issued.body)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  await roleOf('tenant_owner');
  expect(await ask('PUT', '/key', issued.body)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  const changed = { key: `${header}.${payload}.${'A'.repeat(86)}` };
  expect(await ask('PUT', '/key', changed)).toMatchObject({ status: 422, body: { code: 'validation', field: 'key' } });
});

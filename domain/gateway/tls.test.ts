import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerCredentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGatewayClient, type GatewayTls } from './client.ts';
import { type FakeGateway, startFakeGateway } from './fake-gateway.ts';

const pem = (name: string) => readFileSync(join(import.meta.dirname, 'testdata', name), 'utf8');
const own: GatewayTls = { cert: pem('client.pem'), key: pem('client.key.pem'), ca: pem('ca.pem') };

let fake: FakeGateway;
beforeAll(async () => {
  const pair = { private_key: Buffer.from(pem('gateway.key.pem')), cert_chain: Buffer.from(pem('gateway.pem')) };
  const credentials = ServerCredentials.createSsl(Buffer.from(pem('ca.pem')), [pair], true);
  fake = await startFakeGateway({ ListTenants: () => ({ tenants: [{ id: 'mirefall' }] }) }, { credentials });
});
afterAll(() => fake.stop());

async function listTenants(tls: GatewayTls | undefined): Promise<string[]> {
  const client = createGatewayClient({ address: fake.address, secret: 's', ...(tls ? { tls } : {}) });
  try {
    const { tenants } = await client.listTenants({});
    return tenants.map(({ id }) => id);
  } finally {
    client.close();
  }
}

test('both sides know each other by their certificates', async () => {
  expect(await listTenants(own)).toEqual(['mirefall']);
});

test('a gateway that another authority signed is not spoken to', async () => {
  const before = fake.requests.length;
  await expect(listTenants({ ...own, ca: pem('other-ca.pem') })).rejects.toMatchObject({
    code: 'gateway_unavailable',
    outcome: 'not_sent',
  });
  expect(fake.requests).toHaveLength(before);
});

test('plain text does not reach a gateway that wants TLS', async () => {
  await expect(listTenants(undefined)).rejects.toMatchObject({ code: 'gateway_unavailable' });
});

test('a key that does not fit its certificate is an error at once', () => {
  const key = pem('gateway.key.pem');
  expect(() => createGatewayClient({ address: fake.address, secret: 's', tls: { ...own, key } })).toThrow(
    /key values mismatch/,
  );
});

import { expect, test } from 'vitest';
import { gatewayOptions } from './config.ts';

const plain = { GLYPHOXA_GATEWAY_ADDR: 'gateway.internal:50051', GLYPHOXA_GATEWAY_SECRET: 's3' };
const text = '-----BEGIN CERTIFICATE-----';

test('address and secret are enough', () => {
  const options = { address: 'gateway.internal:50051', secret: 's3' };
  expect(gatewayOptions(plain)).toEqual(options);
  expect(gatewayOptions({ ...plain, GLYPHOXA_GATEWAY_TLS_CERT: '', OTHER: 'x' })).toEqual(options);
});

test('a certificate comes with its key and authority, or not at all', () => {
  const all = {
    ...plain,
    GLYPHOXA_GATEWAY_TLS_CERT: text,
    GLYPHOXA_GATEWAY_TLS_KEY: '-----BEGIN PRIVATE KEY-----',
    GLYPHOXA_GATEWAY_TLS_CA: text,
  };
  expect(gatewayOptions(all).tls).toEqual({ cert: text, key: '-----BEGIN PRIVATE KEY-----', ca: text });
  expect(() => gatewayOptions({ ...all, GLYPHOXA_GATEWAY_TLS_KEY: undefined })).toThrow('give all three or none');
  expect(() => gatewayOptions({ ...all, GLYPHOXA_GATEWAY_TLS_CA: '/etc/ca.pem' })).toThrow(
    /GLYPHOXA_GATEWAY_TLS_CA: .*PEM/,
  );
});

test('what is wrong is named, and the secret is not', () => {
  expect(() => gatewayOptions({ ...plain, GLYPHOXA_GATEWAY_ADDR: 'http://gateway' })).toThrow(
    'Wrong configuration. GLYPHOXA_GATEWAY_ADDR: must be host:port.',
  );
  expect(() => gatewayOptions({ GLYPHOXA_GATEWAY_ADDR: 'g:1' })).toThrow('GLYPHOXA_GATEWAY_SECRET');
});

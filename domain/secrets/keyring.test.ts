import { expect, test } from 'vitest';
import { Keyring, KeyringError } from './keyring.ts';

const keyOf = (fill: number) => btoa(String.fromCharCode(...new Uint8Array(32).fill(fill)));
const one = `1:${keyOf(1)}`;
const two = `${one},2:${keyOf(2)}`;
const context = { tenantId: 'rabenheim_x1', slot: 'bot_token' };

test('opens what it closed, and never closes the same way twice', async () => {
  const keyring = await Keyring.parse(one);
  const [first, second] = [await keyring.encrypt('geheim ✨', context), await keyring.encrypt('geheim ✨', context)];
  expect(first).toMatch(/^keyring:v1:/);
  expect(first).not.toContain('geheim');
  expect(first).not.toBe(second);
  expect(await keyring.decrypt(first, context)).toBe('geheim ✨');
});

test('a ciphertext opens for its own tenant and slot only', async () => {
  const keyring = await Keyring.parse(one);
  const ciphertext = await keyring.encrypt('token', context);
  await expect(keyring.decrypt(ciphertext, { ...context, tenantId: 'other' })).rejects.toThrow(KeyringError);
  await expect(keyring.decrypt(ciphertext, { ...context, slot: 'llm' })).rejects.toThrow(KeyringError);
});

test('a changed ciphertext does not open', async () => {
  const keyring = await Keyring.parse(one);
  const ciphertext = await keyring.encrypt('token', context);
  const at = ciphertext.length - 6;
  const changed = ciphertext.slice(0, at) + (ciphertext[at] === 'A' ? 'B' : 'A') + ciphertext.slice(at + 1);
  await expect(keyring.decrypt(changed, context)).rejects.toThrow(KeyringError);
});

test('after a rotation old ciphertexts open and are known as old, new ones use the newest key', async () => {
  const old = await (await Keyring.parse(one)).encrypt('token', context);
  const rotated = await Keyring.parse(two);
  expect(await rotated.decrypt(old, context)).toBe('token');
  expect(rotated.needsRotation(old)).toBe(true);
  const fresh = await rotated.encrypt('token', context);
  expect(fresh).toMatch(/^keyring:v2:/);
  expect(rotated.needsRotation(fresh)).toBe(false);
  await expect((await Keyring.parse(one)).decrypt(fresh, context)).rejects.toThrow('no key 2');
});

test.each([
  ['empty', ''],
  ['without a version', keyOf(1)],
  ['with a short key', `1:${btoa('short')}`],
  ['with something that is no base64', '1:***'],
  ['with versions out of order', `2:${keyOf(2)},1:${keyOf(1)}`],
  ['with a version twice', `${one},${one}`],
])('a keyring %s is refused', async (_, text) => {
  await expect(Keyring.parse(text)).rejects.toThrow(KeyringError);
});

test.each(['', 'vault:v1:abc', 'keyring:v1:', 'keyring:v1:AAAA'])('%j is no ciphertext', async (text) => {
  const keyring = await Keyring.parse(one);
  await expect(keyring.decrypt(text, context)).rejects.toThrow('no ciphertext');
});

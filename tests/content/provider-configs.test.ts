// Service keys: who sees what of them, and that a key goes to no other service or address than it was given for.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asService } from '../audit/table.ts';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { type ContentTable, newContentTable } from './table.ts';

let table: ContentTable;

beforeAll(async () => {
  table = await newContentTable();
});
afterAll(closeDatabase);

const set = (fields: Record<string, unknown>) =>
  asService('set_provider', { tenant: table.tenant, slot: 'tts', provider: 'elevenlabs', ...fields });
const kept = async () =>
  (
    await asRoot<{ ciphertext: string }>(
      `select ciphertext from private.secrets where tenant_id = $1 and name = 'provider:tts'`,
      [table.tenant],
    )
  )[0]?.ciphertext;

test('an Owner reads everything but the key, nobody else anything', async () => {
  expect((await set({ ciphertext: 'sealed-1', last_four: '3kF7', model: 'v2' })).status).toBe(200);
  const { data } = await table.alice.client.from('provider_configs').select('*');
  expect(data).toMatchObject([{ slot: 'tts', provider: 'elevenlabs', model: 'v2', key_last_four: '3kF7' }]);
  expect(JSON.stringify(data)).not.toContain('sealed');
  for (const who of [table.bob, table.carol, table.mallory])
    expect((await who.client.from('provider_configs').select('*')).data).toEqual([]);
});

test('a key stays with its service and address, and is forgotten with either', async () => {
  const key = { ciphertext: 'sealed-2', last_four: 'abcd' };
  await set(key);
  await set({ model: 'v3' });
  expect(await kept()).toBe('sealed-2');
  await set({ base_url: 'https://elsewhere.example' });
  expect(await kept()).toBeUndefined();
  await set({ base_url: 'https://elsewhere.example', ...key });
  expect(await kept()).toBe('sealed-2');
  await set({ base_url: 'https://elsewhere.example', provider: 'cartesia' });
  expect(await kept()).toBeUndefined();
  const { data } = await table.alice.client.from('provider_configs').select('provider, key_last_four');
  expect(data).toEqual([{ provider: 'cartesia', key_last_four: null }]);
});

test('a test’s result is of the present settings only', async () => {
  await set({ ciphertext: 'sealed-3', last_four: 'abcd' });
  const tested = await asService('provider_tested', {
    tenant: table.tenant,
    slot: 'tts',
    result: 'ok',
    latency_ms: 412,
  });
  expect(tested.body).toMatchObject({ last_test_result: 'ok', last_test_ms: 412 });
  const again = await set({ model: 'v4' });
  expect(again.body).toMatchObject({ last_test_result: null, last_test_at: null, last_test_ms: null });
});

test('removing a slot removes its key', async () => {
  await set({ ciphertext: 'sealed-4', last_four: 'abcd' });
  expect((await asService('remove_provider', { tenant: table.tenant, slot: 'tts' })).text).toBe('true');
  expect(await kept()).toBeUndefined();
  expect((await asService('provider_tested', { tenant: table.tenant, slot: 'tts', result: 'ok' })).status).toBe(404);
});

test.each([
  { slot: 'stt2' },
  { provider: 'Eleven Labs' },
  { base_url: 'ftp://elsewhere.example' },
  { model: 'x'.repeat(121) },
])('refuses %j', async (fields) => {
  expect((await set(fields)).status).toBe(422);
});

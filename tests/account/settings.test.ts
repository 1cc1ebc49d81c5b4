import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase } from '../lib/database.ts';
import { newTable, type Table } from '../sessions/table.ts';

let table: Table;
beforeAll(async () => {
  table = await newTable();
});
afterAll(closeDatabase);

test('Owners change name and contact address, each by itself', async () => {
  const { client } = table.alice;
  expect((await client.rpc('update_tenant_settings', { name: ' The Raven Table ' })).data).toMatchObject({
    name: 'The Raven Table',
    contact_email: table.alice.person.email,
  });
  expect((await client.rpc('update_tenant_settings', { contact_email: 'Bills@Example.com' })).data).toMatchObject({
    name: 'The Raven Table',
    contact_email: 'bills@example.com',
  });
});

test.each([
  [{ name: '  ' }, 'name'],
  [{ name: 'x'.repeat(81) }, 'name'],
  [{ contact_email: 'nobody' }, 'contact_email'],
])('%o is refused, naming the field', async (settings, field) => {
  const { error } = await table.alice.client.rpc('update_tenant_settings', settings);
  expect(error).toMatchObject({ code: 'PT422', details: 'validation' });
  expect(error!.message).toMatch(new RegExp(`^${field}: `));
});

test.each(['bob', 'carol'] as const)('%s changes nothing', async (name) => {
  const { error } = await table[name].client.rpc('update_tenant_settings', { name: 'Mine' });
  expect(error?.details).toBe('forbidden');
});

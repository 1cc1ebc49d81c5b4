// Every ready query of Studio runs as it stands, and changes nothing.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, connectAs } from '../lib/database.ts';

const folder = new URL('../../supabase/snippets/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));

afterAll(closeDatabase);

test('there is one for every question an operator has', () => {
  expect(names).toEqual(
    expect.arrayContaining([
      'failed-webhooks.sql',
      'mrr-and-churn.sql',
      'rls-overview.sql',
      'slow-queries.sql',
      'stuck-sessions.sql',
      'tenants-by-plan.sql',
      'usage-against-quota.sql',
    ]),
  );
});

test.each(names)('%s', async (name) => {
  const client = await connectAs('DATABASE_URL');
  try {
    await client.query('begin read only');
    const sql = readFileSync(new URL(name, folder), 'utf8');
    expect(sql).toMatch(/^-- [A-Z]/);
    await expect(client.query(sql)).resolves.toBeDefined();
  } finally {
    await client.end();
  }
});

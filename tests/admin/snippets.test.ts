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

test('operators.sql tells of operators, and of what was done in Studio', async () => {
  const client = await connectAs('DATABASE_URL');
  try {
    await client.query('begin');
    const statement = `select 'asked for ${crypto.randomUUID()}'`;
    await client.query(`select private.record_studio('sql', $1, false)`, [statement]);
    const { rows } = await client.query<{ who: string; what: string; changes: unknown }>(
      readFileSync(new URL('operators.sql', folder), 'utf8'),
    );
    const [newest] = rows;
    expect(newest).toMatchObject({ who: 'Studio', what: 'studio', changes: { sql: { after: statement } } });
    const { rows: operators } = await client.query<{ name: string }>(
      `select display_name as name from mgmt.users where role = 'super_admin' and deleted_at is null`,
    );
    const listed = new Set(rows.map(({ who }) => who));
    expect(operators.filter(({ name }) => !listed.has(name))).toEqual([]);
    await client.query('rollback');
  } finally {
    await client.end();
  }
});

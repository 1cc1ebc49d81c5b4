import { readFileSync } from 'node:fs';
import { getConstructionPlans } from 'pg-boss';
import { expect, test } from 'vitest';

const migration = new URL('../supabase/migrations/20261121000085_pgboss_schema.sql', import.meta.url);

/** Without comments, blank lines and the transaction that the library puts around. */
const statements = (sql: string) =>
  sql
    .split('\n')
    .filter((line) => !/^\s*(--|BEGIN;|COMMIT;|SET LOCAL|SELECT pg_advisory_xact_lock|$)/.test(line))
    .map((line) => line.trimEnd());

test('the migration makes the schema that the installed pg-boss wants', () => {
  expect(statements(readFileSync(migration, 'utf8'))).toEqual(statements(getConstructionPlans('pgboss')));
});

// Applies supabase/migrations by the real Supabase CLI, as postgres, as it is done on a hosted project.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { databaseUrl, type StackContext } from '../context.ts';
import { runNode } from '../run-program.ts';
import { supabaseCli } from '../tools.ts';
import { setPassword } from './bootstrap.ts';

const rolesOfMigrations = ['glyphoxa_gateway', 'glyphoxa_worker'] as const;

/** Applies what is pending, lets the roles made by migrations log in, and tells the database how it is deployed. */
export async function migrateDatabase(context: StackContext): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl(context, 'postgres') });
  await client.connect();
  try {
    // The CLI takes half a second to find out the same.
    const pending = !sameVersions(versionsInFolder(context.root), await appliedVersions(client));
    if (pending) await pushMigrations(context);
    await finishRoles(client, context);
    await setMode(client, context.command === 'start' ? 'selfhosted' : 'managed');
    await makeAuditPartitions(client);
  } finally {
    await client.end();
  }
}

function versionsInFolder(root: string): string[] {
  return readdirSync(join(root, 'supabase/migrations')).flatMap((name) => /^(\d+)_.*\.sql$/.exec(name)?.[1] ?? []);
}

async function appliedVersions(client: pg.Client): Promise<string[]> {
  const { rows: tables } = await client.query<{ exists: boolean }>(
    `select to_regclass('supabase_migrations.schema_migrations') is not null as exists`,
  );
  if (!tables[0]?.exists) return [];
  const { rows } = await client.query<{ version: string }>('select version from supabase_migrations.schema_migrations');
  return rows.map(({ version }) => version);
}

function sameVersions(folder: string[], applied: string[]): boolean {
  return folder.length === applied.length && new Set([...folder, ...applied]).size === folder.length;
}

async function pushMigrations(context: StackContext): Promise<void> {
  const home = join(context.home, 'cache', 'supabase-cli');
  mkdirSync(home, { recursive: true });
  const url = new URL(databaseUrl(context, 'postgres'));
  url.searchParams.set('sslmode', 'disable');
  await runNode({
    root: context.root,
    script: supabaseCli(),
    args: ['db', 'push', '--yes', '--skip-vault', `--workdir=${context.root}`, `--remote=${url.href}`],
    // A home of its own: it writes settings there, and would read whose account is signed in.
    env: { PATH: process.env.PATH, HOME: home, DO_NOT_TRACK: '1', SUPABASE_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
    failure: 'The migrations could not be applied',
  });
}

async function finishRoles(client: pg.Client, context: StackContext): Promise<void> {
  const { rows } = await client.query<{ rolname: (typeof rolesOfMigrations)[number] }>(
    'select rolname from pg_catalog.pg_roles where rolname = any ($1)',
    [rolesOfMigrations],
  );
  for (const { rolname } of rows) await setPassword(client, context, rolname);
}

/** `selfhosted` bills nobody; the demo shows plans and limits. */
async function setMode(client: pg.Client, mode: 'selfhosted' | 'managed'): Promise<void> {
  const { rows } = await client.query<{ exists: boolean }>(
    `select to_regclass('private.settings') is not null as exists`,
  );
  if (!rows[0]?.exists) return;
  await client.query(
    `insert into private.settings as s (key, value) values ('deployment.mode', to_jsonb($1::text))
     on conflict (key) do update set value = excluded.value where s.value is distinct from excluded.value`,
    [mode],
  );
}

/** A stack that is started once a year always has the month it writes to; until then rows lie in the default partition. */
async function makeAuditPartitions(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ exists: boolean }>(
    `select to_regprocedure('private.make_audit_partitions(int)') is not null as exists`,
  );
  if (rows[0]?.exists) await client.query('select private.make_audit_partitions()');
}

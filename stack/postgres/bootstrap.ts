// Makes a plain Postgres into the database of a Supabase project: runs bootstrap/*.sql in order, as supabase_admin.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type DatabaseRole, databaseUrl, type StackContext } from '../context.ts';
import { dataFolder } from './data-folder.ts';

const sqlFolder = join(import.meta.dirname, 'bootstrap');
/** Roles that exist before the migrations; the others get their password afterwards. supabase_admin has had its own since initdb. */
const loginRoles = [
  'postgres',
  'authenticator',
  'supabase_auth_admin',
  'supabase_storage_admin',
  'supabase_realtime_admin',
] as const satisfies DatabaseRole[];

/** Does nothing when neither the SQL nor the passwords changed since the last time. */
export async function bootstrapDatabase(context: StackContext): Promise<void> {
  const files = readdirSync(sqlFolder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const scripts = files.map((name) => ({ name, sql: readFileSync(join(sqlFolder, name), 'utf8') }));
  const passwords = loginRoles.map((role) => context.secrets.database[role]);
  const hash = createHash('sha256')
    .update(JSON.stringify([scripts, passwords]))
    .digest('hex');
  // Beside the data it speaks of, so that it goes when they go.
  const marker = join(dataFolder(context), 'glyphoxa-bootstrap.sha256');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === hash) return;

  const client = new pg.Client({ connectionString: databaseUrl(context, 'supabase_admin') });
  await client.connect();
  try {
    for (const { name, sql } of scripts) await runScript(client, name, sql);
    for (const role of loginRoles) await setPassword(client, context, role);
  } finally {
    await client.end();
  }
  writeFileSync(marker, hash);
}

/** Each file is one transaction. */
async function runScript(client: pg.Client, name: string, sql: string): Promise<void> {
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    const { message, position } = error as pg.DatabaseError;
    const line = position ? sql.slice(0, Number(position)).split('\n').length : undefined;
    throw new Error(`${name}${line ? ` line ${line}` : ''}: ${message}`, { cause: error });
  }
}

/** Statements about roles take no parameters. */
export async function setPassword(client: pg.Client, context: StackContext, role: DatabaseRole): Promise<void> {
  const password = client.escapeLiteral(context.secrets.database[role]);
  await client.query(`alter role ${client.escapeIdentifier(role)} with login password ${password}`);
}

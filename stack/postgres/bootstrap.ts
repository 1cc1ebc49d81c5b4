// Makes a plain Postgres into the database of a Supabase project: runs bootstrap/*.sql in order, as supabase_admin.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type DatabaseRole, databaseUrl, type StackContext } from '../context.ts';
import { unlessDone } from './markers.ts';

const sqlFolder = join(import.meta.dirname, 'bootstrap');
/** Those that exist before the migrations. supabase_admin has had its password since initdb. */
const loginRoles = [
  'postgres',
  'authenticator',
  'supabase_auth_admin',
  'supabase_storage_admin',
  'supabase_realtime_admin',
] as const satisfies DatabaseRole[];

interface Script {
  name: string;
  sql: string;
}

/** Does nothing when neither the SQL nor the passwords changed since the last time. */
export async function bootstrapDatabase(context: StackContext): Promise<void> {
  const scripts = readdirSync(sqlFolder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, sql: readFileSync(join(sqlFolder, name), 'utf8') }));
  const passwords = loginRoles.map((role) => context.secrets.database[role]);
  await unlessDone(context, 'bootstrap', [scripts, passwords], async () => {
    const client = new pg.Client({ connectionString: databaseUrl(context, 'supabase_admin') });
    await client.connect();
    try {
      for (const script of scripts) await runScript(client, script);
      for (const role of loginRoles) await setPassword(client, context, role);
    } finally {
      await client.end();
    }
  });
}

/** Each file is one transaction. */
async function runScript(client: pg.Client, { name, sql }: Script): Promise<void> {
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    const { message, position } = error as pg.DatabaseError;
    const line = position ? ` line ${sql.slice(0, Number(position)).split('\n').length}` : '';
    throw new Error(`${name}${line}: ${message}`, { cause: error });
  }
}

/** Statements about roles take no parameters. */
export async function setPassword(client: pg.Client, context: StackContext, role: DatabaseRole): Promise<void> {
  const password = client.escapeLiteral(context.secrets.database[role]);
  await client.query(`alter role ${client.escapeIdentifier(role)} with login password ${password}`);
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { databaseUrl, type StackContext } from '../context.ts';
import { asPostgresAccount } from '../postgres/account.ts';
import { dataFolder } from '../postgres/data-folder.ts';
import { serverSettings } from '../postgres/settings.ts';
import { postgresBinaries } from '../tools.ts';
import type { DefineService } from './types.ts';

/** The server itself, without pg_ctl: the supervisor sees its end at once, and its output. */
export const postgres: DefineService = (context) => {
  const settings = Object.entries(serverSettings(context)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = ['-D', dataFolder(context), ...settings];
  return {
    name: 'postgres',
    ...asPostgresAccount(postgresBinaries().postgres, args, context.home),
    env: { LC_ALL: 'C.UTF-8' },
    dependsOn: ['data-folder'],
    health: { check: () => answersQuery(context) },
    listens: [context.ports.postgres],
    // A fast shutdown: SIGTERM would wait for every client to leave.
    stopSignal: 'SIGINT',
    stopTimeoutMs: 20_000,
  };
};

/** Asks only when the lock file says "ready" in its last line, as pg_ctl does: the server logs every earlier attempt as FATAL. */
async function answersQuery(context: StackContext): Promise<void> {
  const lock = await readFile(join(dataFolder(context), 'postmaster.pid'), 'utf8');
  const status = lock.split('\n')[7]?.trim();
  if (status !== 'ready') throw new Error(`the server is ${status ?? 'starting'}`);
  const connectionString = databaseUrl(context, 'supabase_admin');
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000 });
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end();
  }
}

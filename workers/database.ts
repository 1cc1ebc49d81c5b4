import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Db } from 'pg-boss';
import { describe, type Log } from './log.ts';

/** What a job speaks SQL through: the transaction in which it is also completed. */
export interface Database {
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
}

/** One pool for everything: so many jobs, and two connections for handing over and pg-boss's own upkeep. */
export function openPool(connectionString: string, jobs: number, onError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: jobs + 2, application_name: 'glyphoxa-workers', keepAlive: true });
  // An idle connection that breaks is replaced at the next use.
  pool.on('error', onError);
  return pool;
}

const waitMs = 500;
/** Nobody listens, the connection was cut, or the server starts, stops, recovers or has no room. */
const absences = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03', '53300']);

/** What the database gives once it is there: it may be starting, or recovering from a crash. Anything else it says is thrown. */
export async function whenDatabaseIsThere<Result>(open: () => Promise<Result>, log: Log): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await open();
    } catch (thrown) {
      if (!absences.has((thrown as { code?: string }).code ?? '')) throw thrown;
      if (tries === 1) log.warn('the database is not there yet', { error: describe(thrown) });
      await delay(waitMs);
    }
  }
}

/** pg-boss on one of our connections or on the pool. */
export function bossDatabase(connection: Pick<pg.Pool | pg.PoolClient, 'query'>): Db {
  return { executeSql: (text, values) => connection.query(text, values) };
}

export function database(client: pg.PoolClient): Database {
  return { query: async (sql, values) => (await client.query(sql, values)).rows };
}

/**
 * Runs `work` in one transaction. A connection on which something failed is thrown away, not given back: whatever it still
 * did is undone by the server.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => (broken ??= error);
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (thrown) {
    broken ??= thrown instanceof Error ? thrown : new Error(String(thrown));
    throw thrown;
  } finally {
    client.removeListener('error', onError);
    client.release(broken);
  }
}

import pg from 'pg';
import { gatewaySchema } from './gateway-schema.ts';

export type Database = pg.Pool;

/** Connects as the gateway's role. Sessions of the pool that break are replaced; only statements report errors. */
export function openDatabase(connectionString: string): Database {
  const pool = new pg.Pool({ connectionString, max: 6, application_name: 'glyphoxa-gateway' });
  pool.on('error', (error) => console.error(`database: ${error.message}`));
  return pool;
}

/** The gateway's migrations, as at each of its starts. */
export async function migrate(database: Database): Promise<void> {
  for (const statements of gatewaySchema) await database.query(statements);
}

/** An error as the gateway wraps it: a failed statement reads `ERROR: <message> (SQLSTATE <code>)`. */
export function errorText(error: unknown): string {
  if (error instanceof pg.DatabaseError) return `${error.severity}: ${error.message} (SQLSTATE ${error.code})`;
  return error instanceof Error ? error.message : String(error);
}

/** Adds what was being done, the way the gateway wraps its errors. */
export function wrap(doing: string, error: unknown): Error {
  return new Error(`${doing}: ${errorText(error)}`, { cause: error });
}

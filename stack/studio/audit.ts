import pg from 'pg';
import { log } from '../api/log.ts';

/** Characters that a log line keeps of a statement, as many as the audit log. */
const keptCharacters = 500;

/** Writes down what an operator is about to do, before it is done: what cannot be written down is not done. */
export class StudioAudit {
  readonly #pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.#pool = new pg.Pool({
      connectionString: databaseUrl,
      application_name: 'glyphoxa-studio-audit',
      max: 1,
      idleTimeoutMillis: 10_000,
      connectionTimeoutMillis: 5_000,
    });
    // An idle connection that breaks is replaced by the next query.
    this.#pool.on('error', (error) => log('warn', 'connection lost', { error: error.message }));
  }

  async record(kind: 'sql' | 'request', what: string, writes: boolean): Promise<void> {
    log('info', 'operator', { kind, writes, what: what.slice(0, keptCharacters) });
    await this.#pool.query('select private.record_studio($1, $2, $3)', [kind, what, writes]);
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}

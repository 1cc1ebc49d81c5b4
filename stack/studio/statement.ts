import pg from 'pg';

/** What one statement may take. Lock waits end early: an operator's curiosity must not queue everybody else. */
const timeouts = `set local statement_timeout = '30s'; set local lock_timeout = '5s'`;
/** Rows fetched at a time; between two fetches the limits are looked at. */
const batchRows = 200;

export interface Statement {
  sql: string;
  /** Without it the transaction is read only and rolled back. */
  mayWrite: boolean;
  maxRows: number;
  maxBytes: number;
}

export interface StatementResult {
  columns: string[];
  /** Values as Postgres writes them, null for NULL. */
  rows: (string | null)[][];
  /** The limits ended it; there may be more rows. */
  cut: boolean;
  /** `SELECT`, `UPDATE`, ...; empty when the limits ended it. */
  command: string;
  /** Rows returned or changed. */
  count: number;
  milliseconds: number;
}

/** What Postgres answered instead of a result. */
export class StatementError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  /** Character of the statement, from 1. */
  readonly position: number | undefined;

  constructor({ message, code, detail, hint, position }: pg.DatabaseError) {
    super(detail ? `${message} (${detail})` : message);
    this.code = code ?? '';
    this.hint = hint;
    this.position = position === undefined ? undefined : Number(position);
  }
}

/**
 * Runs exactly one statement as `postgres`, on a connection of its own, so that nothing it sets outlives it. It travels by the
 * extended protocol, which refuses a second statement: nobody leaves the read-only transaction by `commit; delete ...`.
 */
export async function runStatement(url: string, statement: Statement): Promise<StatementResult> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'glyphoxa-studio-sql',
    connectionTimeoutMillis: 5_000,
  });
  // A connection that breaks while nothing runs; the next query says so.
  client.on('error', () => undefined);
  const started = performance.now();
  try {
    await client.connect();
    await client.query(`${statement.mayWrite ? 'begin' : 'begin read only'}; ${timeouts}`);
    const result = await client.query(new LimitedQuery(statement)).result;
    await client.query(statement.mayWrite ? 'commit' : 'rollback');
    return { ...result, milliseconds: Math.round(performance.now() - started) };
  } catch (error) {
    throw error instanceof pg.DatabaseError ? new StatementError(error) : error;
  } finally {
    await client.end();
  }
}

/** The part of the driver's connection that reads on. */
interface Portal {
  execute(request: { portal: string; rows: number }): void;
  flush(): void;
  sync(): void;
}

type UntimedResult = Omit<StatementResult, 'milliseconds'>;

/** A query that stops fetching at its limits, and leaves every value as the text that Postgres sent. */
class LimitedQuery extends pg.Query {
  readonly result: Promise<UntimedResult>;
  readonly #rows: (string | null)[][] = [];
  readonly #statement: Statement;
  #bytes = 0;
  #cut = false;

  constructor(statement: Statement) {
    super({
      text: statement.sql,
      rowMode: 'array',
      rows: batchRows,
      types: { getTypeParser: () => (text: string) => text },
    } as pg.QueryConfig);
    this.#statement = statement;
    this.on('row', (row) => this.#take(row as unknown as (string | null)[]));
    this.result = new Promise((resolve, reject) => {
      this.once('error', reject);
      this.once('end', (result) => {
        const { fields, command, rowCount } = result as unknown as pg.QueryArrayResult;
        resolve({
          columns: fields.map(({ name }) => name),
          rows: this.#rows,
          cut: this.#cut,
          command: command ?? '',
          count: fields.length > 0 ? this.#rows.length : (rowCount ?? 0),
        });
      });
    });
  }

  /** Called by the driver when a batch is full and the statement has more. One that writes is run to its end, shown or not. */
  handlePortalSuspended(portal: Portal): void {
    if (this.#cut && !this.#statement.mayWrite) portal.sync();
    else {
      portal.execute({ portal: '', rows: batchRows });
      portal.flush();
    }
  }

  #take(row: (string | null)[]): void {
    const { maxRows, maxBytes } = this.#statement;
    this.#cut ||= this.#rows.length >= maxRows || this.#bytes > maxBytes;
    if (this.#cut) return;
    this.#rows.push(row);
    for (const value of row) this.#bytes += value?.length ?? 0;
  }
}

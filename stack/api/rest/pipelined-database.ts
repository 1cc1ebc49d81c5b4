import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { ReservedSql } from 'postgres';
import { QuoteArgumentNames } from './quote-argument-names.ts';

const changing = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/**
 * A query builder on one reserved connection whose transaction its owner opens and closes. Statements are prepared once per
 * connection and sent without waiting for the answers of earlier ones.
 */
export function pipelinedDatabase(reserved: ReservedSql): Kysely<unknown> {
  const connection: DatabaseConnection = {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const result = await reserved.unsafe(query.sql, jsonWrittenOnce(query).map(writable) as never[], {
        prepare: true,
      });
      const rows = Array.from(result as unknown as R[]);
      return changing.has(result.command ?? '') ? { rows, numAffectedRows: BigInt(result.count) } : { rows };
    },
    async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
      yield await this.executeQuery<R>(query);
    },
  };
  return new Kysely<unknown>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new OwnedDriver(connection),
      createIntrospector: (database) => new PostgresIntrospector(database),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    plugins: [new QuoteArgumentNames()],
  });
}

/** The library writes an object for a JSON argument as text, which the driver would write again, as a JSON string. */
function jsonWrittenOnce({ sql, parameters }: CompiledQuery): unknown[] {
  return parameters.map((value, place) => {
    if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
    return new RegExp(`\\$${place + 1}::jsonb?\\b`).test(sql) ? parsedJson(value) : value;
  });
}

/**
 * The library reads `{}` in `cs.{}` as an object, whatever the column is. For a list of texts the driver cannot write one: it
 * throws in the middle of a message, and the connection hangs with its transaction open. An array that is written as the
 * object where JSON is meant serves both.
 */
function writable(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const items = Object.keys(value).length === 0 ? [] : [JSON.stringify(value)];
  return Object.assign(items, { toJSON: () => value });
}

/** Text that only begins like JSON was meant as a text. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Hands out the one connection; beginning and ending belong to its owner. */
class OwnedDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(): Promise<void> {
    throw new Error('The transaction of a request is already open');
  }

  async commitTransaction(): Promise<void> {}

  async rollbackTransaction(): Promise<void> {}

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

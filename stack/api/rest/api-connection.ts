import type { IntrospectResult } from '@supabase/lite';
import { PostgresConnection } from '@supabase/lite/postgres';
import { sql } from 'kysely';
import { RoleConnection, type RoleConnectionOptions } from './role-connection.ts';

interface ApiConnectionOptions extends Omit<RoleConnectionOptions, 'searchPath'> {
  /** Exposed schemas, the default one first. */
  schemas: string[];
  extraSearchPath: string[];
  /** Roles whose sight of the schemas, taken together, is the API's. */
  readSchemaAs: string[];
}

/**
 * A connection with a schema cache that is read once, for the life of the object: a changed schema is seen by making a new
 * connection (see `rest-api.ts`), which also drops the statements prepared for the old shape.
 */
export class ApiConnection extends RoleConnection {
  readonly #exposed: ReadonlySet<string>;
  readonly #readAs: string[];
  #catalogue: Promise<IntrospectResult> | undefined;

  constructor({ schemas, extraSearchPath, readSchemaAs, ...options }: ApiConnectionOptions) {
    super({ ...options, searchPath: [...schemas, ...extraSearchPath] });
    this.#exposed = new Set(schemas);
    this.#readAs = readSchemaAs;
  }

  override introspect(): Promise<IntrospectResult> {
    this.#catalogue ??= this.#readCatalogue();
    return this.#catalogue;
  }

  /**
   * The library reads `information_schema`, which shows a role only what it may touch, and the login role may touch nothing.
   * So it is read as each role of the API. Only exposed schemas stay: what is not in the cache cannot be named, not even by
   * the hint of an error.
   */
  async #readCatalogue(): Promise<IntrospectResult> {
    const parts: IntrospectResult[] = [];
    for (const role of this.#readAs) {
      parts.push(
        await this.kysely.transaction().execute(async (database) => {
          await sql`select set_config('role', ${role}, true)`.execute(database);
          const asRole = Object.create(this, { kysely: { value: database } }) as PostgresConnection;
          return PostgresConnection.prototype.introspect.call(asRole, { useCache: false });
        }),
      );
    }
    return this.#exposedPart(merge(parts));
  }

  #exposedPart(catalogue: IntrospectResult): IntrospectResult {
    const here = (entry: { schema?: string }) => entry.schema !== undefined && this.#exposed.has(entry.schema);
    return {
      ...catalogue,
      tables: catalogue.tables.filter(here),
      columns: catalogue.columns.filter(here),
      views: catalogue.views.filter(here),
      indexes: catalogue.indexes.filter(here),
      primary_keys: catalogue.primary_keys.filter(here),
      foreign_keys: catalogue.foreign_keys.filter((key) => here(key) && here({ schema: key.ref_schema })),
      functions: catalogue.functions?.filter(here),
      check_constraints: catalogue.check_constraints.filter(here),
      unique_constraints: catalogue.unique_constraints.filter(here),
      comments: catalogue.comments.filter(here),
      partitions: catalogue.partitions?.filter(here),
      default_schema: [...this.#exposed][0],
    } as IntrospectResult;
  }
}

/** Union of the lists, each entry once. */
function merge(parts: IntrospectResult[]): IntrospectResult {
  const merged: Record<string, unknown> = {};
  for (const part of parts) {
    for (const [name, value] of Object.entries(part)) {
      const earlier = merged[name];
      merged[name] = Array.isArray(value) && Array.isArray(earlier) ? [...earlier, ...value] : value;
    }
  }
  for (const [name, value] of Object.entries(merged)) if (Array.isArray(value)) merged[name] = distinct(value);
  return merged as unknown as IntrospectResult;
}

function distinct(entries: unknown[]): unknown[] {
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}

import type { ConnectionContextOptions, VarsContext } from '@supabase/lite';
import { PostgresConnection } from '@supabase/lite/postgres';
import { CompiledQuery, type Kysely } from 'kysely';
import type { PostgresType } from 'postgres';
import { log } from '../log.ts';
import { currentRequest } from '../request-context.ts';
import { pipelinedDatabase } from './pipelined-database.ts';

/** Milliseconds a statement may run, by the role it runs as; the figures are Supabase's own, that of `postgres` is Studio's. */
const statementTimeout: Record<string, number> = { anon: 3_000, authenticated: 8_000, postgres: 30_000 };

const preamble = `select set_config('role', $1, true), set_config('search_path', $2, true),
  set_config('statement_timeout', $3, true), set_config('request.jwt.claims', $4, true),
  set_config('request.method', $5, true), set_config('request.path', $6, true),
  set_config('request.headers', $7, true), set_config('storage.operation', $8, true)`;

export interface RoleConnectionOptions {
  /** Shown in `pg_stat_activity`. */
  name: string;
  /** URL of a login that may switch to `anon`, `authenticated` and `service_role`. */
  url: string;
  /** Schemas looked into for unqualified names, the exposed one first. */
  searchPath: string[];
  /** Most connections held open at once. */
  poolSize: number;
  /** How values of a type are written and read, where the driver's own way will not do. */
  types?: Record<string, PostgresType>;
}

/** What a request runs as, as the library hands it over. */
interface CallerContext {
  auth?: { role?: string; jwt?: Record<string, unknown> | null };
  storage?: { operation?: string };
}

/**
 * A connection on which every request is one transaction under the caller's role with PostgREST's `request.*` settings, which
 * policies and the audit log read. Opening it (begin, role, settings) and the request's own statement travel together, so
 * that a request costs two round trips. The library's own way takes eleven, sets `request.*` for functions only, and grants
 * everything to everybody when it first meets a table with row level security.
 */
export class RoleConnection extends PostgresConnection {
  readonly #searchPath: string;

  constructor(options: RoleConnectionOptions) {
    super({
      url: options.url,
      postgresOptions: {
        max: options.poolSize,
        // Seconds. A stack at rest holds few connections.
        idle_timeout: 60,
        connection: { application_name: options.name },
        onnotice: () => undefined,
        ...(options.types ? { types: options.types } : {}),
      },
    });
    this.#searchPath = options.searchPath.map((schema) => `"${schema.replaceAll('"', '""')}"`).join(', ');
  }

  override async withContext<T>(
    vars: VarsContext | undefined,
    run: (database: Kysely<unknown>) => Promise<T>,
    options?: ConnectionContextOptions,
  ): Promise<T> {
    // Without a caller the library reads its own tables as the login role.
    if (!vars) return run(this.kysely);
    const settings = this.#settings(vars as CallerContext);
    const outer = options?.transaction as Kysely<unknown> | undefined;
    if (outer) {
      await outer.executeQuery(CompiledQuery.raw(preamble, settings));
      return run(outer);
    }
    const reserved = await this.driver.reserve();
    try {
      const readOnly = options?.rpc?.readOnly ?? ['GET', 'HEAD'].includes(currentRequest().method);
      const opening = Promise.all([
        reserved.unsafe(readOnly ? 'begin read only' : 'begin'),
        reserved.unsafe(preamble, settings, { prepare: true }),
      ]);
      const [opened, ran] = await Promise.allSettled([opening, run(pipelinedDatabase(reserved))]);
      // When opening failed, the statement failed because of it: the first error is the one to tell.
      const failure = opened.status === 'rejected' ? opened : ran.status === 'rejected' ? ran : undefined;
      if (failure || ran.status === 'rejected') {
        // Fails only with the connection, which ends the transaction as well; what went wrong first is what counts.
        await reserved
          .unsafe('rollback')
          .catch((error: unknown) => log('warn', 'rollback failed', { error: String(error) }));
        throw failure?.reason;
      }
      // The library answers some errors (more than one row for a single one, say) after the write: nothing may stay of it.
      const refused = ran.value instanceof Response && ran.value.status >= 400;
      await reserved.unsafe(refused || options?.forceRollback ? 'rollback' : 'commit');
      return ran.value;
    } finally {
      reserved.release();
    }
  }

  #settings(caller: CallerContext): string[] {
    const request = currentRequest();
    const role = caller.auth?.role ?? 'anon';
    return [
      role,
      this.#searchPath,
      String(statementTimeout[role] ?? 0),
      JSON.stringify(caller.auth?.jwt ?? {}),
      request.method,
      request.path,
      JSON.stringify(request.headers),
      caller.storage?.operation ?? '',
    ];
  }
}

import { randomUUID } from 'node:crypto';
import { App } from '@supabase/lite';
import pg from 'pg';
import { runWithRequest } from '../api/request-context.ts';
import { quoteLongNumbers } from '../api/rest/long-numbers.ts';
import { OperatorConnection } from './operator-connection.ts';

/** A longer list of tenants' schemas helps nobody and costs seconds to read; the older ones are reached by SQL. */
const mostTenantSchemas = 50;
const maxRows = 1_000;
/** Seconds that requests of before a reload may take to end. */
const drainSeconds = 15;

interface Generation {
  app: App;
  connection: OperatorConnection;
}

/** The data behind Studio's table editor: the library's Data API on every schema, as `postgres`. */
export class StudioTables {
  readonly #url: string;
  #current: Promise<Generation> | undefined;

  constructor(databaseUrl: string) {
    this.#url = databaseUrl;
  }

  /** Studio asks this when its page opens, so this is when the schemas are read again. */
  async introspect(): Promise<unknown> {
    const previous = this.#current;
    const next = this.#renew();
    const { connection } = await next;
    // One that failed was reported to whoever asked for it, and holds no connections.
    previous?.then(
      (old) => old.connection.driver.end({ timeout: drainSeconds }),
      () => undefined,
    );
    return connection.introspect();
  }

  /** A request to one table of the schema. */
  async fetch(request: Request, schema: string): Promise<Response> {
    const { app } = await (this.#current ?? this.#renew());
    const headers = new Headers(request.headers);
    // The session is the door's business alone, and the library takes a browser's name for a sign of a leaked key.
    for (const name of ['cookie', 'authorization', 'apikey', 'user-agent', 'origin']) headers.delete(name);
    // Both, so that nothing but the schema that was written down is meant.
    for (const name of ['accept-profile', 'content-profile']) headers.set(name, schema);
    const body = request.body ? await request.arrayBuffer() : null;
    const context = {
      id: randomUUID(),
      method: request.method,
      path: new URL(request.url).pathname.replace('/rest/v1', ''),
      headers: {},
      caller: { key: 'secret', claims: {} },
      address: '127.0.0.1',
    } as const;
    return runWithRequest(context, async () =>
      app.fetch(new Request(quoteLongNumbers(request.url), { method: request.method, headers, body })),
    );
  }

  async close(): Promise<void> {
    const current = await this.#current?.catch(() => undefined);
    await current?.connection.driver.end({ timeout: 2 });
  }

  /** A failed one is forgotten, so that the next request tries again. */
  #renew(): Promise<Generation> {
    const next = createGeneration(this.#url);
    this.#current = next;
    next.catch(() => {
      if (this.#current === next) this.#current = undefined;
    });
    return next;
  }
}

async function createGeneration(url: string): Promise<Generation> {
  const schemas = await readSchemas(url);
  const connection = new OperatorConnection(url, schemas);
  await connection.introspect();
  const app = new App({
    connection,
    api: { enabled: true, schemas, max_rows: maxRows },
    auth: { enabled: false },
    storage: { enabled: false },
    studio: { enabled: false },
    options: {
      server: {
        disableStudio: true,
        // The library's own keyless mode. The door decides who comes in, and the connection as whom.
        admin: false,
        apiKeys: false,
        middlewares: [
          async (context, next) => {
            context.set('apiKeyType', 'secret');
            context.set('ignoreAuthorization', true);
            context.set('jwt', { role: 'service_role' });
            await next();
          },
        ],
      },
    },
  });
  await app.init();
  return { app: app as unknown as App, connection };
}

/** Ours first, then the services', then the newest tables' own. */
async function readSchemas(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      `with known as (
         select nspname as name, oid, nspname like 'tenant\\_%' as of_tenant,
           row_number() over (partition by nspname like 'tenant\\_%' order by oid desc) as place
         from pg_catalog.pg_namespace
         where nspname !~ '^(pg_|information_schema$|extensions$)' and pg_catalog.has_schema_privilege(oid, 'usage')
       )
       select name from known where not of_tenant or place <= $1
       order by of_tenant, array_position(array['mgmt', 'public', 'private', 'auth', 'storage'], name::text), name`,
      [mostTenantSchemas],
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

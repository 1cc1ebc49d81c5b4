import { App } from '@supabase/lite';
import postgres from 'postgres';
import type { ApiConfig } from '../config.ts';
import { log } from '../log.ts';
import { currentRequest } from '../request-context.ts';
import { ApiConnection } from './api-connection.ts';
import { momentsAsJson } from './json-moments.ts';
import { numbersAsJson } from './json-numbers.ts';
import { quoteLongNumbers } from './long-numbers.ts';

/** The only schema of the Data API, and so the one meant by a request that names none. */
export const exposedSchema = 'mgmt';

/** A planner's estimate is made of every tenant's rows and would tell of them: people get the count of what they may read. */
function countExactly(headers: Headers): void {
  const prefer = headers.get('prefer');
  if (prefer) headers.set('prefer', prefer.replace(/\bcount\s*=\s*"?(?:planned|estimated)\b"?/gi, 'count=exact'));
}

/** As on Supabase: most rows one answer holds. */
const maxRows = 1_000;
/** More than two cores can use at once, and an eighth of what Postgres allows. */
const poolSize = 12;
/** How long requests of before a reload may take to end. */
const drainSeconds = 15;

interface Generation {
  app: App;
  connection: ApiConnection;
}

/**
 * The Data API. After a migration, `notify pgrst, 'reload schema'` (what PostgREST listens to as well) makes it read the schema
 * again, without losing a request.
 */
export class RestApi {
  readonly #config: ApiConfig;
  readonly #listener: postgres.Sql;
  #current: Generation;

  private constructor(config: ApiConfig, first: Generation) {
    this.#config = config;
    this.#current = first;
    this.#listener = postgres(config.AUTHENTICATOR_DATABASE_URL, {
      max: 1,
      connection: { application_name: 'glyphoxa-api-listen' },
    });
  }

  static async start(config: ApiConfig): Promise<RestApi> {
    const api = new RestApi(config, await createGeneration(config));
    await api.#listen();
    return api;
  }

  async fetch(request: Request): Promise<Response> {
    // PostgREST means its first schema when none is named; the library means `public`.
    for (const name of ['accept-profile', 'content-profile'])
      if (!request.headers.has(name)) request.headers.set(name, exposedSchema);
    countExactly(request.headers);
    const url = quoteLongNumbers(request.url);
    return this.#current.app.fetch(url === request.url ? request : new Request(url, request));
  }

  /** Requests of before the reload end on the schema they began with. */
  async reload(): Promise<void> {
    const next = await createGeneration(this.#config);
    const previous = this.#current;
    this.#current = next;
    log('info', 'schema cache reloaded');
    await previous.connection.driver.end({ timeout: drainSeconds });
  }

  async close(): Promise<void> {
    await Promise.all([this.#listener.end({ timeout: 1 }), this.#current.connection.driver.end({ timeout: 3 })]);
  }

  /** Connects again by itself; a notice missed in between is made up for by reading the schema after each new connection. */
  async #listen(): Promise<void> {
    const reload = () => {
      this.reload().catch((error: unknown) => log('error', 'schema cache not reloaded', { error: String(error) }));
    };
    let connectedBefore = false;
    await this.#listener.listen(
      'pgrst',
      (payload) => {
        if (payload === '' || payload === 'reload schema') reload();
      },
      () => {
        if (connectedBefore) reload();
        connectedBefore = true;
      },
    );
  }
}

async function createGeneration(config: ApiConfig): Promise<Generation> {
  const connection = new ApiConnection({
    name: 'glyphoxa-api',
    url: config.AUTHENTICATOR_DATABASE_URL,
    readSchemaAs: ['anon', 'authenticated', 'service_role'],
    schemas: [exposedSchema],
    extraSearchPath: ['public', 'extensions'],
    poolSize,
    types: { ...momentsAsJson, ...numbersAsJson },
  });
  await connection.introspect();
  const app = new App({
    connection,
    api: { enabled: true, schemas: [exposedSchema], max_rows: maxRows },
    auth: { enabled: false },
    storage: { enabled: false },
    studio: { enabled: false },
    options: {
      server: {
        disableStudio: true,
        admin: false,
        // Keys and tokens were checked by the gateway, once for every part of the API; here the result is handed over.
        apiKeys: false,
        middlewares: [
          async (context, next) => {
            const { caller } = currentRequest();
            context.set('apiKeyType', caller.key === 'secret' ? 'secret' : 'publishable');
            context.set('ignoreAuthorization', true);
            context.set('jwt', caller.claims);
            if (caller.userId) context.set('userId', caller.userId);
            await next();
          },
        ],
      },
    },
  });
  await app.init();
  return { app: app as unknown as App, connection };
}

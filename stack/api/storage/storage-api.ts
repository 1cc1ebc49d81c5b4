import { mkdir } from 'node:fs/promises';
import { App, setExperimental } from '@supabase/lite';
import type { ApiConfig } from '../config.ts';
import { bodyLimits } from '../limits.ts';
import { ApiConnection } from '../rest/api-connection.ts';
import { FilesystemAdapter } from './filesystem-adapter.ts';

const poolSize = 4;

/**
 * Storage: rows of `storage.objects` under the caller's policies, bytes in a folder. It logs in as the owner of `storage`, which
 * looks rows up for public and signed links, and switches to the caller's role for everything that policies decide.
 */
export class StorageApi {
  readonly #app: App;
  readonly #connection: ApiConnection;

  private constructor(app: App, connection: ApiConnection) {
    this.#app = app;
    this.#connection = connection;
  }

  static async start(config: ApiConfig): Promise<StorageApi> {
    await mkdir(config.STORAGE_DIR, { recursive: true, mode: 0o700 });
    // The library still calls its Storage experimental, and leaves it out unless told so.
    setExperimental('storage', true);
    const connection = new ApiConnection({
      name: 'glyphoxa-storage',
      url: config.STORAGE_DATABASE_URL,
      schemas: ['storage'],
      extraSearchPath: ['public', 'extensions'],
      readSchemaAs: ['supabase_storage_admin'],
      poolSize,
    });
    const app = new App({
      connection,
      api: { enabled: false },
      studio: { enabled: false },
      // Only for the secret: it checks the callers' tokens and signs links.
      auth: { enabled: false, jwt_secret: config.SUPABASE_JWT_SECRET, ...keys(config) },
      storage: { enabled: true, file_size_limit: `${bodyLimits.storage}B` },
      options: { server: { disableStudio: true, admin: false } },
    }) as unknown as App;
    app._storageAdapter = new FilesystemAdapter(config.STORAGE_DIR);
    await app.init();
    return new StorageApi(app, connection);
  }

  async fetch(request: Request): Promise<Response> {
    const response = await this.#app.fetch(request);
    const { pathname } = new URL(request.url);
    return request.method === 'POST' && /\/object\/(?:sign|copy)/.test(pathname) && response.ok
      ? renamed(response)
      : response;
  }

  async close(): Promise<void> {
    await this.#connection.driver.end({ timeout: 3 });
  }
}

/** The library writes two fields of its answers otherwise than Supabase Storage, and so than its client reads them. */
async function renamed(response: Response): Promise<Response> {
  const answer: unknown = await response.json();
  const fix = (entry: Record<string, unknown>) => ({
    ...entry,
    ...('signedUrl' in entry ? { signedURL: String(entry['signedUrl']).replace('/storage/v1/', '/') } : {}),
    ...('key' in entry ? { Key: entry['key'] } : {}),
  });
  const fixed = Array.isArray(answer) ? answer.map(fix) : fix(answer as Record<string, unknown>);
  return Response.json(fixed, { status: response.status });
}

function keys(config: ApiConfig) {
  return { publishable_key: config.SUPABASE_PUBLISHABLE_KEY, secret_key: config.SUPABASE_SECRET_KEY };
}

import { mkdir } from 'node:fs/promises';
import { App, setExperimental } from '@supabase/lite';
import { jwtVerify } from 'jose';
import type { ApiConfig } from '../config.ts';
import { bodyLimits, signedLinkSeconds } from '../limits.ts';
import { ApiConnection } from '../rest/api-connection.ts';
import { jsonWrittenOnce } from '../rest/json-type.ts';
import { FilesystemAdapter } from './filesystem-adapter.ts';

const poolSize = 4;

/**
 * Storage: rows of `storage.objects` under the caller's policies, bytes in a folder. It logs in as the owner of `storage`, which
 * looks rows up for public and signed links, and switches to the caller's role for everything that policies decide.
 */
export class StorageApi {
  readonly #app: App;
  readonly #connection: ApiConnection;
  readonly #jwtSecret: Uint8Array;

  private constructor(app: App, connection: ApiConnection, jwtSecret: string) {
    this.#app = app;
    this.#connection = connection;
    this.#jwtSecret = new TextEncoder().encode(jwtSecret);
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
      types: { jsonb: jsonWrittenOnce },
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
    return new StorageApi(app, connection, config.SUPABASE_JWT_SECRET);
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (await asksForLongLink(request, pathname))
      return refused('InvalidRequest', `A link may live ${signedLinkSeconds} seconds.`);
    if (isLink(request, pathname) && !(await this.#signed(searchParams.get('token') ?? '')))
      return refused('InvalidJWT', 'This link is no longer good, or never was.');
    const response = await this.#app.fetch(await asBareFile(request));
    return request.method === 'POST' && /\/object\/(?:sign|copy)/.test(pathname) && response.ok
      ? renamed(response)
      : response;
  }

  /** The library ends in an error of its own over a link that it did not sign, or no longer takes. */
  async #signed(token: string): Promise<boolean> {
    return jwtVerify(token, this.#jwtSecret, { algorithms: ['HS256'] }).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    await this.#connection.driver.end({ timeout: 3 });
  }
}

/** An answer as Supabase Storage refuses. */
function refused(error: string, message: string): Response {
  return Response.json({ statusCode: '400', error, message }, { status: 400 });
}

/** A link to a file, or to upload one. */
function isLink(request: Request, pathname: string): boolean {
  return request.method === 'PUT'
    ? /\/object\/upload\/sign\//.test(pathname)
    : ['GET', 'HEAD'].includes(request.method) && /\/object\/sign\//.test(pathname);
}

async function asksForLongLink(request: Request, pathname: string): Promise<boolean> {
  if (request.method !== 'POST' || !/\/object\/sign\//.test(pathname)) return false;
  const body: unknown = await request
    .clone()
    .json()
    .catch(() => undefined);
  return Number((body as { expiresIn?: unknown } | undefined)?.expiresIn) > signedLinkSeconds;
}

/**
 * An upload as the library takes it: a bare file with its length. It finds no file in a form as clients send it (the part has no
 * name), and holds a bare file against its bucket's limit by the length that was declared, which a stream does not.
 */
async function asBareFile(request: Request): Promise<Request> {
  if (!['POST', 'PUT'].includes(request.method) || !request.body) return request;
  const headers = new Headers(request.headers);
  if (headers.get('content-type')?.startsWith('multipart/form-data')) {
    const form = await request.formData();
    const file = [...form.values()].find((part) => part instanceof Blob);
    if (!file) return new Request(request.url, { method: request.method, headers, body: '' });
    const age = form.get('cacheControl');
    if (typeof age === 'string' && /^\d+$/.test(age)) headers.set('cache-control', `max-age=${age}`);
    return bare(request, headers, file.type || 'application/octet-stream', await file.arrayBuffer());
  }
  if (headers.has('content-length')) return request;
  return bare(request, headers, headers.get('content-type'), await request.arrayBuffer());
}

function bare({ url, method }: Request, headers: Headers, type: string | null, body: ArrayBuffer): Request {
  if (type) headers.set('content-type', type);
  headers.set('content-length', String(body.byteLength));
  return new Request(url, { method, headers, body });
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

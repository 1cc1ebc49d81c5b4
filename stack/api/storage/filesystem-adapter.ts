import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { App } from '@supabase/lite';

type StorageAdapter = NonNullable<App['_storageAdapter']>;
type ObjectMetadata = Awaited<ReturnType<StorageAdapter['headObject']>>;
type Body = Parameters<StorageAdapter['uploadObject']>[3];

/** What is kept beside the bytes. */
interface Facts {
  mimetype: string;
  cacheControl: string;
  eTag: string;
}

/**
 * Keeps objects as files under one folder. Their names are hashes of bucket and key, so that no key, however it is written, can
 * name a file elsewhere; the database knows the real names. A file appears whole or not at all.
 */
export class FilesystemAdapter implements StorageAdapter {
  readonly driver = undefined;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async getObject(
    bucket: string,
    key: string,
    _version?: string,
    headers?: { ifNoneMatch?: string; ifModifiedSince?: string; range?: string },
  ) {
    const metadata = await this.headObject(bucket, key);
    if (headers?.ifNoneMatch === metadata.eTag) return { metadata, httpStatusCode: 304 };
    const range = parseRange(headers?.range, metadata.size);
    const body = Readable.toWeb(createReadStream(this.#path(bucket, key), range));
    if (!range) return { metadata, httpStatusCode: 200, body };
    const contentRange = `bytes ${range.start}-${range.end}/${metadata.size}`;
    const contentLength = range.end - range.start + 1;
    return { metadata: { ...metadata, contentLength, contentRange }, httpStatusCode: 206, body };
  }

  async uploadObject(
    bucket: string,
    key: string,
    _version: string | undefined,
    body: Body,
    mimetype: string,
    cacheControl: string,
  ): Promise<ObjectMetadata> {
    const bytes = await bytesOf(body);
    const eTag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    const facts: Facts = { mimetype, cacheControl, eTag };
    const path = this.#path(bucket, key);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeWhole(`${path}.json`, JSON.stringify(facts));
    await writeWhole(path, bytes);
    return this.headObject(bucket, key);
  }

  async headObject(bucket: string, key: string): Promise<ObjectMetadata> {
    const path = this.#path(bucket, key);
    const [{ size, mtime }, facts] = await Promise.all([stat(path), readFile(`${path}.json`, 'utf8')]);
    return { ...(JSON.parse(facts) as Facts), size, contentLength: size, lastModified: mtime };
  }

  async deleteObject(bucket: string, key: string): Promise<void> {
    const path = this.#path(bucket, key);
    await Promise.all([rm(path, { force: true }), rm(`${path}.json`, { force: true })]);
  }

  async deleteObjects(bucket: string, keys: string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.deleteObject(bucket, key)));
  }

  async copyObject(
    sourceBucket: string,
    source: string,
    _version: string | undefined,
    destinationBucket: string,
    destination: string,
  ) {
    const from = this.#path(sourceBucket, source);
    const to = this.#path(destinationBucket, destination);
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await copyFile(`${from}.json`, `${to}.json`);
    await copyFile(from, to);
    const { eTag, lastModified } = await this.headObject(destinationBucket, destination);
    return { httpStatusCode: 200, eTag, ...(lastModified ? { lastModified } : {}) };
  }

  async privateAssetUrl(bucket: string, key: string): Promise<string> {
    return `file://${this.#path(bucket, key)}`;
  }

  #path(bucket: string, key: string): string {
    const name = createHash('sha256')
      .update(JSON.stringify([bucket, key]))
      .digest('hex');
    return join(this.#folder, name.slice(0, 2), name);
  }
}

async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600 });
  await rename(draft, path);
}

async function bytesOf(body: Body): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  return new Uint8Array(await new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

/** One range in bytes, both ends included; anything else is answered with the whole object. */
function parseRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === undefined) return undefined;
  const start = Number(from);
  const end = Math.min(to ? Number(to) : size - 1, size - 1);
  return start <= end ? { start, end } : undefined;
}

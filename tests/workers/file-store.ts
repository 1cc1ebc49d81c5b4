// Storage as far as a worker uses it: bytes by name, whose rows stand in the test's own database.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { baseUrl, bodyOf } from './http.ts';
import type { Scratch } from './scratch.ts';

export class FileStore {
  readonly #scratch: Scratch;
  readonly #server: Server;
  readonly #bytes = new Set<string>();

  private constructor(scratch: Scratch) {
    this.#scratch = scratch;
    this.#server = createServer((request, response) => {
      const bucket = /^\/storage\/v1\/object\/([\w-]+)$/.exec(request.url ?? '')?.[1];
      if (request.method !== 'DELETE' || !bucket) {
        response.writeHead(404).end();
        return;
      }
      bodyOf(request)
        .then((body) => this.#remove(bucket, (JSON.parse(body.toString()) as { prefixes: string[] }).prefixes))
        .then(
          (removed) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(removed)),
          (thrown: unknown) => response.writeHead(500).end(String(thrown)),
        );
    });
  }

  static async start(scratch: Scratch): Promise<FileStore> {
    const store = new FileStore(scratch);
    store.#server.listen(0, '127.0.0.1');
    await once(store.#server, 'listening');
    return store;
  }

  get url(): string {
    return baseUrl(this.#server);
  }

  async put(bucket: string, name: string): Promise<void> {
    this.#bytes.add(`${bucket}/${name}`);
    await this.#scratch.root('insert into storage.objects (bucket_id, name) values ($1, $2)', [bucket, name]);
  }

  /** Files of the tenant whose bytes are there. */
  of(tenant: string): string[] {
    return [...this.#bytes].filter((path) => path.includes(`/${tenant}/`));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #remove(bucket: string, names: string[]): Promise<object[]> {
    for (const name of names) this.#bytes.delete(`${bucket}/${name}`);
    return this.#scratch.root('delete from storage.objects where bucket_id = $1 and name = any ($2) returning name', [
      bucket,
      names,
    ]);
  }
}

import { errorResponse } from './answers.ts';
import { FunctionHost } from './function-host.ts';
import { log } from './log.ts';
import type { FunctionDefinition } from './registry.ts';
import type { RuntimeSettings } from './settings.ts';
import { verifyJwt } from './verify-jwt.ts';

const knownRequestId = /^[A-Za-z0-9_-]{8,64}$/;

/** Gives each request to its function: `/functions/v1/<name>/…` as the API origin sends it, or `/<name>/…` as the function sees it. */
export class FunctionRouter {
  readonly #settings: RuntimeSettings;
  readonly #jwtSecret: Uint8Array;
  #hosts = new Map<string, FunctionHost>();

  constructor(settings: RuntimeSettings) {
    this.#settings = settings;
    this.#jwtSecret = new TextEncoder().encode(settings.jwtSecret);
  }

  get names(): string[] {
    return [...this.#hosts.keys()];
  }

  /** Takes over these definitions; every function starts anew at its next request, and what is running may finish. */
  load(definitions: Map<string, FunctionDefinition>): void {
    for (const host of this.#hosts.values()) host.retire();
    this.#hosts = new Map([...definitions].map(([name, own]) => [name, new FunctionHost(own, this.#settings)]));
  }

  terminate(): void {
    for (const host of this.#hosts.values()) host.terminate();
  }

  async handle(request: Request): Promise<Response> {
    const started = performance.now();
    const given = request.headers.get('x-request-id') ?? '';
    const requestId = knownRequestId.test(given) ? given : crypto.randomUUID();
    const url = new URL(request.url);
    if (url.pathname.startsWith('/functions/v1/')) url.pathname = url.pathname.slice('/functions/v1'.length);
    const name = url.pathname.split('/')[1] ?? '';
    const response = await this.#answer(name, request, url, requestId);
    log('info', 'request', {
      function: this.#hosts.has(name) ? name : undefined,
      request_id: requestId,
      method: request.method,
      path: url.pathname,
      status: response.status,
      ms: Math.round((performance.now() - started) * 10) / 10,
    });
    return response;
  }

  async #answer(name: string, request: Request, url: URL, requestId: string): Promise<Response> {
    const host = this.#hosts.get(name);
    if (!host) return errorResponse('not_found', 'There is no such function.', requestId);
    if (host.definition.verifyJwt && request.method !== 'OPTIONS') {
      const verdict = await verifyJwt(request, this.#jwtSecret);
      if (!verdict.ok) return errorResponse('signed_out', verdict.message, requestId);
    }
    const { maxBodyBytes } = this.#settings;
    if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) {
      return errorResponse('body_too_large', `The request is larger than ${maxBodyBytes} bytes.`, requestId);
    }
    return await host.fetch(request, url.href, requestId);
  }
}

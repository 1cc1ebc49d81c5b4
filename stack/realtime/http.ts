import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorText, log } from './log.ts';
import { HttpError, readBatch, sendBatch, sendSingle } from './rest-broadcast.ts';
import type { Services } from './services.ts';

/** The public prefix, which the api origin keeps when it forwards; without it the paths are the same. */
const prefix = '/realtime/v1';

export function pathOf(request: IncomingMessage): URL {
  const url = new URL(request.url ?? '/', 'http://realtime');
  if (url.pathname.startsWith(`${prefix}/`)) url.pathname = url.pathname.slice(prefix.length);
  return url;
}

/** Beside the message that Supabase Realtime gives, as on every other door. */
const codes: Record<number, string> = {
  400: 'malformed_json',
  401: 'signed_out',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  422: 'validation',
  429: 'rate_limited',
  500: 'internal',
};

/** Everything but the WebSocket: health, and broadcasts by REST. */
export async function handleRequest(
  services: Services,
  health: () => Promise<{ ok: boolean }>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = pathOf(request);
  try {
    // For the supervisor on this port: how many are connected is nobody else's business, so not under the public prefix.
    if (request.method === 'GET' && request.url === '/healthz') {
      const state = await health();
      return respond(response, state.ok ? 200 : 503, state);
    }
    const single = /^\/api\/broadcast\/([^/]+)\/events\/([^/]+)$/.exec(url.pathname);
    if (url.pathname !== '/api/broadcast' && !single) throw new HttpError(404, { message: 'not found' });
    if (request.method !== 'POST') throw new HttpError(405, { message: 'use POST' });
    if (single) await sendSingle(services, request, url, decode(single[1]!), decode(single[2]!));
    else await sendBatch(services, request, await readBatch(services, request));
    response.writeHead(202).end();
  } catch (error) {
    if (error instanceof HttpError) return respond(response, error.status, error.body);
    log('error', 'UnknownErrorOnController', { path: url.pathname, error: errorText(error) });
    respond(response, 500, { message: 'Unknown error' });
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpError(400, { message: 'the path is not URL-encoded text' });
  }
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  const code = codes[status];
  const answer = code ? { code, ...(body as object) } : body;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(answer));
}

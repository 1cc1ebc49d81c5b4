import { randomUUID } from 'node:crypto';
import http, { type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { log } from '../log.ts';
import { ApiError } from './errors.ts';

export type ServiceName = 'rest' | 'auth' | 'storage' | 'realtime' | 'functions';

/** What is known of a request while it is answered. */
export interface Exchange {
  id: string;
  url: URL;
  address: string;
  service: ServiceName | undefined;
  headers: Record<string, string>;
  userId?: string;
}

/** The library allows every origin; that is decided by `cors.ts` alone. */
export async function send(response: ServerResponse, result: Response, exchange: Exchange): Promise<void> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of result.headers) if (!name.startsWith('access-control-')) headers[name] = value;
  const cookies = result.headers.getSetCookie();
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  response.writeHead(result.status, { ...headers, ...exchange.headers });
  response.end(result.body ? Buffer.from(await result.arrayBuffer()) : undefined);
}

/**
 * Passes an answer of the libraries on. A failure that they did not foresee is thrown, to be logged and told in our words; a refusal
 * in plain text gets a code.
 */
export async function presentable(result: Response): Promise<Response> {
  if (result.status < 400 || !result.body) return result;
  const isJson = /\bjson\b/i.test(result.headers.get('content-type') ?? '');
  if (isJson && result.status < 500) return result;
  const text = await result.clone().text();
  // The Data API's and Auth's names for an exception.
  const unforeseen = !isJson || /"code":"SUP"|"error":"server_error"/.test(text);
  if (result.status >= 500) {
    if (unforeseen) throw new Error(`answered ${result.status}: ${text}`);
    return result;
  }
  if (result.status === 404) throw new ApiError(404, 'not_found', 'There is nothing at this path.');
  throw new ApiError(result.status, 'bad_request', text.slice(0, 200));
}

export function refuse(response: ServerResponse, exchange: Exchange, cause: unknown): void {
  // Nobody is left to tell, and nothing of ours went wrong.
  if (response.destroyed) return;
  const expected = cause instanceof ApiError;
  if (!expected)
    log('error', 'request failed', {
      request_id: exchange.id,
      error: cause instanceof Error ? cause.stack : String(cause),
    });
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const error = expected ? cause : new ApiError(500, 'internal', 'Something went wrong on our side.');
  const body = error.body(exchange.id);
  response.writeHead(error.status, {
    ...exchange.headers,
    ...error.headers,
    'content-type': 'application/json; charset=utf-8',
    // Tells the Auth client that `code` is a string.
    ...(exchange.service === 'auth' ? { 'x-supabase-api-version': '2024-01-01' } : {}),
  });
  response.end(body);
}

/** What is no readable HTTP never becomes a request: too slow, too long, or something else altogether. */
export function refuseUnreadable(cause: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || cause.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const error =
    cause.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? new ApiError(408, 'request_timeout', 'The request took too long to arrive.')
      : cause.code === 'HPE_HEADER_OVERFLOW'
        ? new ApiError(431, 'headers_too_large', 'The request headers are too large.')
        : new ApiError(400, 'bad_request', 'This is not a valid HTTP request.');
  endSocket(socket, error, randomUUID());
}

/** Answers on a connection that has no response object. */
export function endSocket(socket: Duplex, error: ApiError, requestId: string): void {
  const body = error.body(requestId);
  socket.end(
    `HTTP/1.1 ${error.status} ${http.STATUS_CODES[error.status]}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `x-request-id: ${requestId}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

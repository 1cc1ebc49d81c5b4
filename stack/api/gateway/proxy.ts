import http, { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { timeouts } from '../limits.ts';
import { passBody } from './body.ts';
import { ApiError } from './errors.ts';

/** Meant for one connection only (RFC 9110, section 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });

export interface ProxyTarget {
  /** Base URL of the service. */
  base: string;
  /** Path and query there. */
  path: string;
  name: string;
  /** Set on the forwarded request. */
  headers: Record<string, string>;
  bodyLimit: number;
}

/** Passes a request on, streaming both ways; `extra` headers win over the service's own. Throws 503 when it cannot be reached. */
export async function proxyRequest(
  request: IncomingMessage,
  response: ServerResponse,
  target: ProxyTarget,
  extra: Record<string, string>,
): Promise<void> {
  const base = new URL(target.base);
  const upstream = http.request({
    agent,
    host: base.hostname,
    port: base.port,
    method: request.method,
    path: target.path,
    headers: { ...endToEnd(request.headers), ...target.headers },
  });
  response.once('close', () => upstream.destroy());
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upstream.once('response', resolve);
    upstream.once('error', (cause) => reject(unavailable(target.name, cause)));
  });
  const sent = passBody(request, target.bodyLimit, upstream);
  // The service may answer before it has read everything: only a body that is too large stops the exchange.
  const answer = await Promise.race([answered, sent.then(() => answered)]);
  response.writeHead(answer.statusCode ?? 502, { ...withoutCors(endToEnd(answer.headers)), ...extra });
  await pipeline(answer, response);
}

/** Passes a WebSocket handshake on and then joins the two sockets. */
export function proxyUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, target: ProxyTarget): void {
  const base = new URL(target.base);
  // Lines of a transcript are small and must not wait for one another.
  const upstream = net.connect({ host: base.hostname, port: Number(base.port), noDelay: true });
  upstream.setTimeout(timeouts.upstreamConnect, () => upstream.destroy(new Error('connect timeout')));
  upstream.once('connect', () => {
    upstream.setTimeout(0);
    const headers = { ...request.headers, host: base.host, ...target.headers };
    const lines = Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one) => `${name}: ${one}`),
    );
    upstream.write(`${request.method} ${target.path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    if (head.length > 0) upstream.write(head);
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  upstream.once('error', () => {
    if (upstream.bytesRead === 0)
      socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    else socket.destroy();
  });
  socket.once('error', () => upstream.destroy());
  socket.once('close', () => upstream.destroy());
  upstream.once('close', () => socket.destroy());
}

function endToEnd(headers: http.IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}

/** Which origins may read an answer is decided here alone. */
function withoutCors(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('access-control-')));
}

function unavailable(name: string, cause: unknown): ApiError {
  return new ApiError(503, 'service_unavailable', `${name} cannot be reached right now.`, {
    cause,
    hint: 'Try again in a moment.',
    headers: { 'retry-after': '2' },
  });
}

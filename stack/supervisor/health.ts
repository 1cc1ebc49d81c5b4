import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { ServiceDefinition } from '../services/types.ts';

/** Resolves when the service answers as its definition says; rejects otherwise, at the latest after `timeoutMs`. */
export function checkHealth(health: ServiceDefinition['health'], timeoutMs: number): Promise<void> {
  if ('url' in health) return answersOk(health.url, timeoutMs);
  if ('tcp' in health) return accepts(health.tcp, timeoutMs);
  return withTimeout(health.check(), timeoutMs);
}

function answersOk(url: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      if (statusCode >= 200 && statusCode < 300) resolve();
      else reject(new Error(`${url} answered ${statusCode}`));
    });
    request.once('socket', (socket) => socket.once('connect', () => refuseItself(socket)));
    request.once('error', reject);
  });
}

/**
 * Where nothing listens yet, the system may pick the very port that is asked as the asking one, and TCP connects the socket to
 * itself: such a check would hang, and keep the port from its service.
 */
function refuseItself(socket: Socket): boolean {
  const itself = socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;
  if (itself) socket.destroy(new Error(`nothing listens on port ${socket.remotePort}`));
  return itself;
}

function accepts(port: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: timeoutMs });
    socket.once('connect', () => {
      if (refuseItself(socket)) return;
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(new Error(`port ${port} does not answer`)));
    socket.once('error', reject);
  });
}

async function withTimeout(work: Promise<void>, timeoutMs: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

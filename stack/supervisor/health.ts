import { get } from 'node:http';
import { connect } from 'node:net';
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
    request.once('error', reject);
  });
}

function accepts(port: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: timeoutMs });
    socket.once('connect', () => {
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

import { createServer, type Server, type ServerResponse } from 'node:http';
import type pg from 'pg';
import { describe, type Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { longestLag, readQueueState } from './queue-state.ts';

export interface HttpParts {
  pool: pg.Pool;
  /** Names of the jobs that this worker does. */
  jobs: string[];
  metrics: Metrics;
  log: Log;
  /** When the loop last looked for work, in milliseconds since the epoch. */
  lastLook: () => number;
}

/** Work that has been due for longer says that this worker does not keep up. */
const readyLagSeconds = 300;
/** A loop that has not looked for so long hangs. */
const silentMs = 60_000;

/** `/healthz`: the loop turns. `/readyz`: the database answers and the queues are not behind. `/metrics` for Prometheus. */
export function createHttpServer({ pool, jobs, metrics, log, lastLook }: HttpParts): Server {
  const routes: Record<string, (response: ServerResponse) => Promise<void>> = {
    '/healthz': async (response) => {
      const healthy = Date.now() - lastLook() < silentMs;
      json(response, healthy ? 200 : 503, { status: healthy ? 'ok' : 'stuck' });
    },
    '/readyz': async (response) => {
      const state = await readQueueState(pool, jobs);
      const lag = longestLag(state);
      json(response, lag < readyLagSeconds ? 200 : 503, {
        status: lag < readyLagSeconds ? 'ok' : 'behind',
        lag,
        ...state,
      });
    },
    '/metrics': async (response) => {
      const text = await metrics.text(await readQueueState(pool, jobs));
      response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
    },
  };
  return createServer((request, response) => {
    const route = request.method === 'GET' ? routes[new URL(request.url ?? '/', 'http://workers').pathname] : undefined;
    if (!route) return json(response, 404, { status: 'not found' });
    route(response).catch((thrown: unknown) => {
      log.warn('no answer', { path: request.url, error: describe(thrown) });
      json(response, 503, { status: 'unavailable' });
    });
  });
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

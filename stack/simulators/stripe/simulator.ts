import type { Server } from 'node:http';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { ZodError } from 'zod';
import { Account } from './account.ts';
import { ApiError } from './api/errors.ts';
import { Faults } from './api/faults.ts';
import { apiRoutes, CutConnection } from './api/server.ts';
import { keepNote, noteOf } from './billing/notes.ts';
import { runUntil } from './billing/time.ts';
import { Clock } from './clock.ts';
import { controlRoutes } from './control.ts';
import { pageRoutes } from './pages/routes.ts';
import { apiRoutesOfAll } from './routes/all.ts';
import { webhookEndpoint } from './routes/webhooks.ts';
import { Store } from './store.ts';
import { Courier } from './webhooks/courier.ts';

export interface SimulatorOptions {
  /** 0 takes a free one. */
  port: number;
  host?: string;
  secretKey: string;
  /** The endpoint that exists from the start, as if it had been set up in the Dashboard. */
  webhook?: { url: string; secret: string };
  /** Keeps customers and subscriptions over a restart. */
  file?: string;
}

export interface Simulator {
  url: string;
  port: number;
  account: Account;
  close: () => Promise<void>;
}

/** How often time is asked whether something is due. */
const tickMs = 1_000;

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1';
  const store = new Store(options.file);
  const account = new Account(
    { secretKey: options.secretKey, baseUrl: '', afterRetries: 'past_due', retryDays: [1, 3, 5] },
    store,
    new Clock(store.find('note', 'clock')?.offset),
  );
  const courier = new Courier(account);
  const faults = new Faults();
  const prepare = () => registerEndpoint(account, options.webhook);
  prepare();

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.route('/', apiRoutes(account, apiRoutesOfAll, faults));
  app.route('/', pageRoutes(account));
  const reset = () => {
    store.clear();
    account.clock.setOffset(0);
    courier.forget();
    faults.clear();
    prepare();
  };
  app.route('/_control', controlRoutes({ account, courier, faults, reset }));
  app.onError((error, context) => {
    if (error instanceof CutConnection) {
      context.env.incoming.socket.destroy();
      return new Response();
    }
    if (error instanceof ZodError) return context.json({ error: error.issues }, 400);
    if (error instanceof ApiError) return context.json({ error: error.fields }, error.status as 400);
    process.stderr.write(`${error.stack}\n`);
    return context.json({ error: { type: 'api_error', message: 'The simulator made a mistake.' } }, 500);
  });

  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  account.settings.baseUrl = `http://${host}:${port}`;
  const ticking = setInterval(() => {
    runUntil(account, account.now());
    store.flush();
  }, tickMs);
  return {
    url: account.settings.baseUrl,
    port,
    account,
    close: async () => {
      clearInterval(ticking);
      courier.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      store.close();
    },
  };
}

/** The same endpoint after every start, with the address and secret of now. */
function registerEndpoint(account: Account, webhook: SimulatorOptions['webhook']): void {
  if (!webhook) return;
  const id = 'we_dashboard';
  const known = account.store.find('webhook_endpoint', id);
  const fields = { url: webhook.url, enabled_events: known?.enabled_events ?? ['*'] };
  account.store.put('webhook_endpoint', known ? { ...known, ...fields } : webhookEndpoint(id, account.now(), fields));
  keepNote(account, id, { ...noteOf(account, id), secret: webhook.secret });
  account.store.flush();
}

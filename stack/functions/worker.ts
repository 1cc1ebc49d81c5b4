/// <reference lib="deno.worker" />
/**
 * Runs inside the worker of one function. Takes the place of what hosted Supabase gives a function: `Deno.serve` keeps the
 * handler instead of opening a port, `EdgeRuntime.waitUntil` keeps the worker alive, console lines carry function and request id.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import process from 'node:process';
import { describe, type LogLevel } from './log.ts';
import type { FromWorker, ToWorker, WorkerRequest } from './protocol.ts';

type Handler = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;

let handler: Handler | undefined;
let name = '';
let background = 0;
const requestIds = new AsyncLocalStorage<string>();
const inFlight = new Map<number, AbortController>();
const scope = self as unknown as DedicatedWorkerGlobalScope;
// Kept before the function is imported: it cannot take the runtime's channel away.
const post = scope.postMessage.bind(scope) as (message: FromWorker, transfer?: Transferable[]) => void;

scope.addEventListener('message', (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  if (message.type === 'boot') void boot(message);
  else if (message.type === 'request') void answer(message);
  else if (message.type === 'abort') inFlight.get(message.id)?.abort(new Error('The client went away.'));
  else post({ type: 'pong' });
});
scope.addEventListener('error', (event) => {
  event.preventDefault();
  reportLate(event.error ?? event.message);
});
scope.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  reportLate(event.reason);
});

async function boot({ entrypoint, name: given, env }: Extract<ToWorker, { type: 'boot' }>): Promise<void> {
  name = given;
  // Libraries look up variables that are not theirs to know; on hosted these read as undefined, where Deno's permission would throw.
  Object.defineProperty(process, 'env', { value: { ...env }, configurable: true, writable: true });
  Object.defineProperty(Deno, 'serve', { value: serve, configurable: true });
  Object.defineProperty(globalThis, 'EdgeRuntime', { value: Object.freeze({ waitUntil }) });
  replaceConsole();
  try {
    const module = (await import(entrypoint)) as { default?: { fetch?: Handler } };
    const fetch = module.default?.fetch;
    if (!handler && typeof fetch === 'function') handler = fetch.bind(module.default);
    if (!handler) throw new Error(`${name} neither calls Deno.serve nor exports a fetch handler.`);
    post({ type: 'ready' });
  } catch (error) {
    post({ type: 'boot_failed', error: describe(error) });
  }
}

function serve(first: Handler | (Deno.ServeOptions & { handler?: Handler }), second?: Handler): Deno.HttpServer {
  const given = typeof first === 'function' ? first : (second ?? first.handler);
  if (typeof given !== 'function') throw new TypeError('Deno.serve was called without a handler.');
  handler = given;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const server = {
    addr: { transport: 'tcp', hostname: 'localhost', port: 0 },
    finished: promise,
    ref() {},
    unref() {},
    shutdown: () => (resolve(undefined), promise),
    [Symbol.asyncDispose]: () => (resolve(undefined), promise),
  };
  return server as unknown as Deno.HttpServer;
}

/** Keeps the worker until the promise settles, also after the answer was sent. What it rejects with is logged, as on hosted. */
function waitUntil<T>(promise: Promise<T>): Promise<T> {
  if (typeof promise?.then !== 'function') throw new TypeError('EdgeRuntime.waitUntil wants a promise.');
  post({ type: 'background', open: ++background });
  const settled = () => post({ type: 'background', open: --background });
  promise.then(settled, (error) => {
    reportLate(error);
    settled();
  });
  return promise;
}

async function answer(message: WorkerRequest): Promise<void> {
  const { id, requestId, method, url, headers, body } = message;
  const controller = new AbortController();
  inFlight.set(id, controller);
  const completed = Promise.withResolvers<undefined>();
  // The runtime already tells a client that left by `abort`; nobody is obliged to await this.
  completed.promise.catch(() => {});
  try {
    // The signal ends the body too: a client that left sends no more chunks and no end.
    const upload =
      body && body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal: controller.signal });
    const request = new Request(url, { method, headers, body: upload, signal: controller.signal });
    const info = {
      remoteAddr: { transport: 'tcp', hostname: '127.0.0.1', port: 0 },
      completed: completed.promise,
    } satisfies Deno.ServeHandlerInfo;
    const response = await requestIds.run(requestId, async () => await handler!(request, info));
    if (!(response instanceof Response)) throw new TypeError('The handler returned something that is no Response.');
    const download = response.body;
    const reply: FromWorker = {
      type: 'response',
      id,
      status: response.status,
      headers: [...response.headers],
      body: download,
    };
    post(reply, download ? [download] : []);
    completed.resolve(undefined);
  } catch (error) {
    post({ type: 'failed', id, error: describe(error) });
    completed.reject(error);
  } finally {
    inFlight.delete(id);
  }
}

function reportLate(error: unknown): void {
  post({ type: 'late_error', requestId: requestIds.getStore() ?? null, error: describe(error) });
}

function replaceConsole(): void {
  const levels: Record<'debug' | 'info' | 'log' | 'warn' | 'error', LogLevel> = {
    debug: 'debug',
    info: 'info',
    log: 'info',
    warn: 'warn',
    error: 'error',
  };
  const line = console.log.bind(console);
  for (const [method, level] of Object.entries(levels)) {
    const write = (...values: unknown[]) => {
      const message = values
        .map((value) => (typeof value === 'string' ? value : Deno.inspect(value, { depth: 4 })))
        .join(' ');
      line(
        JSON.stringify({
          time: new Date().toISOString(),
          level,
          service: 'functions',
          function: name,
          request_id: requestIds.getStore() ?? null,
          message,
        }),
      );
    };
    Object.defineProperty(console, method, { value: write, configurable: true, writable: true });
  }
}

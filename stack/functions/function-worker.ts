import { log } from './log.ts';
import type { FromWorker, ToWorker, WorkerRequest, WorkerResponse } from './protocol.ts';
import type { FunctionDefinition } from './registry.ts';
import type { RuntimeSettings } from './settings.ts';

export type Outcome =
  | { type: 'response'; response: Response }
  | { type: 'failed'; error: string }
  /** The body grew above the limit. */
  | { type: 'refused' }
  | { type: 'timed_out' }
  /** The worker was ended while it worked on this. */
  | { type: 'died' };

/** Code of the project that functions share; the data folder with its secrets is not among it. */
const sharedCode = ['domain', 'stack/functions', 'node_modules', 'package.json', 'deno.json'];

/** How long a worker may take to say that it is alive. One that does not is stuck in a loop. */
const pongMs = 1000;

/** One Web Worker with one function in it, and the requests it works on. */
export class FunctionWorker {
  readonly #definition: FunctionDefinition;
  readonly #worker: Worker;
  readonly #pending = new Map<number, { settle: (outcome: Outcome) => void; broken: AbortSignal }>();
  readonly #dead = new AbortController();
  #nextId = 1;
  #openBodies = 0;
  #background = 0;
  #retired = false;
  #ready = false;
  #waiting: ToWorker[] = [];
  #onPong: (() => void) | undefined;

  constructor(definition: FunctionDefinition, { root, functionsFolder }: RuntimeSettings) {
    this.#definition = definition;
    const permissions = {
      env: definition.envNames,
      net: definition.net,
      read: [functionsFolder, ...sharedCode.map((path) => `${root}/${path}`)],
      // Libraries ask for the platform's name and version; nothing here tells who or where we are.
      sys: ['osRelease', 'cpus', 'systemMemoryInfo'],
      write: false,
      run: false,
      ffi: false,
      import: false,
    };
    const options = { type: 'module', name: definition.name, deno: { permissions } };
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), options as unknown as WorkerOptions);
    this.#worker.addEventListener('message', (event: MessageEvent<FromWorker>) => this.#receive(event.data));
    this.#worker.addEventListener('messageerror', () => this.#fail('A message of the worker could not be read.'));
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#fail(event.message);
    });
    this.#worker.postMessage({
      type: 'boot',
      entrypoint: definition.entrypoint,
      name: definition.name,
      env: definition.env,
    } satisfies ToWorker);
  }

  /** Whether it takes requests. */
  get usable(): boolean {
    return !this.#retired && !this.#dead.signal.aborted;
  }

  /** Hands a request over; `broken` breaks it off, before the answer and while its body is read. */
  send(request: Omit<WorkerRequest, 'type' | 'id'>, broken: AbortSignal, settle: (outcome: Outcome) => void): number {
    const id = this.#nextId++;
    this.#pending.set(id, { settle, broken });
    broken.addEventListener('abort', () => this.abort(id), { once: true, signal: this.#dead.signal });
    const message: ToWorker = { type: 'request', id, ...request };
    if (this.#ready) this.#post(message);
    else this.#waiting.push(message);
    return id;
  }

  abort(id: number): void {
    if (this.#ready && !this.#dead.signal.aborted) this.#post({ type: 'abort', id });
  }

  /** Its outcome no longer matters. */
  forget(id: number): void {
    this.#pending.delete(id);
    this.#endIfIdle();
  }

  /** Takes no more requests, finishes what is open, then ends; at the latest after `graceMs`. */
  retire(graceMs: number): void {
    if (this.#retired) return;
    this.#retired = true;
    const timer = setTimeout(() => this.terminate(), graceMs);
    Deno.unrefTimer(timer);
    this.#dead.signal.addEventListener('abort', () => clearTimeout(timer));
    this.#endIfIdle();
  }

  /** After a time-out: one stuck in a loop is ended at once, one that still turns may finish its other requests. */
  async giveUp(graceMs: number): Promise<void> {
    this.retire(graceMs);
    if (this.#dead.signal.aborted) return;
    const alive = new Promise<boolean>((resolve) => {
      this.#onPong = () => resolve(true);
      setTimeout(() => resolve(false), pongMs);
    });
    this.#worker.postMessage({ type: 'ping' } satisfies ToWorker);
    if (!(await alive)) this.terminate();
  }

  terminate(): void {
    if (this.#dead.signal.aborted) return;
    this.#dead.abort(new Error('The function was ended.'));
    this.#worker.terminate();
    this.#settleAll({ type: 'died' });
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        for (const waiting of this.#waiting) this.#post(waiting);
        this.#waiting = [];
        return;
      case 'boot_failed':
        return this.#fail(message.error);
      case 'response':
        this.#settleResponse(message);
        return;
      case 'failed':
        this.#settle(message.id, { type: 'failed', error: message.error });
        return;
      case 'late_error':
        log('error', message.error, { function: this.#definition.name, request_id: message.requestId, late: true });
        return;
      case 'background':
        this.#background = message.open;
        return this.#endIfIdle();
      case 'pong':
        this.#onPong?.();
    }
  }

  #settleResponse({ id, status, headers, body }: WorkerResponse): void {
    const pending = this.#pending.get(id);
    if (!pending) {
      void body?.cancel();
      return;
    }
    const content = body && this.#watchBody(body, pending.broken);
    this.#settle(id, { type: 'response', response: new Response(content, { status, headers }) });
  }

  #watchBody(body: ReadableStream<Uint8Array>, broken: AbortSignal): ReadableStream<Uint8Array> {
    this.#openBodies++;
    const done = () => {
      this.#openBodies--;
      this.#endIfIdle();
    };
    // A worker that ends takes its streams with it without a word: the signal breaks off what is still being read.
    const { readable: content, writable } = new TransformStream<Uint8Array, Uint8Array>();
    body.pipeTo(writable, { signal: AbortSignal.any([this.#dead.signal, broken]) }).then(done, done);
    return content;
  }

  #post(message: ToWorker): void {
    const body = message.type === 'request' ? message.body : null;
    this.#worker.postMessage(message, body ? [body] : []);
  }

  #settle(id: number, outcome: Outcome): void {
    this.#pending.get(id)?.settle(outcome);
    this.#pending.delete(id);
    this.#endIfIdle();
  }

  #settleAll(outcome: Outcome): void {
    for (const { settle } of this.#pending.values()) settle(outcome);
    this.#pending.clear();
    this.#waiting = [];
  }

  /** The worker itself is broken: what it works on fails with it. */
  #fail(error: string): void {
    if (this.#dead.signal.aborted) return;
    this.#settleAll({ type: 'failed', error });
    this.terminate();
  }

  #endIfIdle(): void {
    if (this.#retired && this.#pending.size === 0 && this.#openBodies === 0 && this.#background === 0) this.terminate();
  }
}

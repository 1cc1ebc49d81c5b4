import { errorResponse, withRequestId } from './answers.ts';
import { limitBody } from './body-limit.ts';
import { FunctionWorker, type Outcome } from './function-worker.ts';
import { log } from './log.ts';
import type { FunctionDefinition } from './registry.ts';
import type { RuntimeSettings } from './settings.ts';

/** One function: boots its worker at the first request, gives requests to it, and replaces it when it fails or its files change. */
export class FunctionHost {
  readonly definition: FunctionDefinition;
  readonly #settings: RuntimeSettings;
  #worker: FunctionWorker | undefined;

  constructor(definition: FunctionDefinition, settings: RuntimeSettings) {
    this.definition = definition;
    this.#settings = settings;
  }

  /** Answers in every case; `url` is the address as the function sees it. */
  async fetch(request: Request, url: string, requestId: string): Promise<Response> {
    const { promise: outcome, resolve } = Promise.withResolvers<Outcome>();
    const tooLarge = new AbortController();
    const body = request.body
      ? limitBody(request.body, this.#settings.maxBodyBytes, () => {
          resolve({ type: 'refused' });
          tooLarge.abort(new Error('The body is too large.'));
        })
      : null;
    const worker = this.#current();
    const message = {
      requestId,
      method: request.method,
      url,
      headers: headersFor(request, requestId),
      body,
    };
    // Breaks off both ways: what the function still reads, and what it has begun to answer.
    const broken = AbortSignal.any([request.signal, tooLarge.signal]);
    const id = worker.send(message, broken, resolve);
    const timer = setTimeout(() => resolve({ type: 'timed_out' }), this.#settings.timeoutMs);
    const result = await outcome;
    clearTimeout(timer);
    return this.#render(result, worker, id, requestId);
  }

  /** The next request gets a new worker; the present one may finish what it has begun. */
  retire(): void {
    this.#worker?.retire(this.#settings.backgroundMs);
    this.#worker = undefined;
  }

  terminate(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #current(): FunctionWorker {
    if (!this.#worker?.usable) this.#worker = new FunctionWorker(this.definition, this.#settings);
    return this.#worker;
  }

  #render(outcome: Outcome, worker: FunctionWorker, id: number, requestId: string): Response {
    const fields = { function: this.definition.name, request_id: requestId };
    switch (outcome.type) {
      case 'response':
        return withRequestId(outcome.response, requestId);
      case 'refused':
        worker.forget(id);
        return errorResponse(
          'body_too_large',
          `The request is larger than ${this.#settings.maxBodyBytes} bytes.`,
          requestId,
        );
      case 'timed_out':
        log('error', `No answer after ${this.#settings.timeoutMs} ms`, fields);
        worker.abort(id);
        worker.forget(id);
        void worker.giveUp(this.#settings.backgroundMs);
        if (this.#worker === worker) this.#worker = undefined;
        return errorResponse(
          'timeout',
          'This took too long and was given up. It may still have worked.',
          requestId,
          'Look whether it happened before you try again.',
        );
      case 'died':
        return errorResponse(
          'timeout',
          'This was cut off before it was done. It may still have worked.',
          requestId,
          'Look whether it happened before you try again.',
        );
      case 'failed':
        log('error', outcome.error, fields);
        return errorResponse(
          'internal',
          'Something went wrong here.',
          requestId,
          'Try again. Tell support this request id.',
        );
    }
  }
}

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function headersFor(request: Request, requestId: string): [string, string][] {
  const headers = [...request.headers].filter(([name]) => !hopByHop.has(name) && name !== 'x-request-id');
  return [...headers, ['x-request-id', requestId]];
}

/** Messages between the runtime and the worker of one function. Bodies travel as transferred streams, so nothing is gathered in memory. */

export interface WorkerRequest {
  type: 'request';
  id: number;
  requestId: string;
  method: string;
  url: string;
  headers: [string, string][];
  body: ReadableStream<Uint8Array> | null;
}

export type ToWorker =
  | { type: 'boot'; entrypoint: string; name: string; env: Record<string, string> }
  | WorkerRequest
  /** The client went away before the answer. */
  | { type: 'abort'; id: number }
  | { type: 'ping' };

export interface WorkerResponse {
  type: 'response';
  id: number;
  status: number;
  headers: [string, string][];
  body: ReadableStream<Uint8Array> | null;
}

export type FromWorker =
  | { type: 'ready' }
  | { type: 'boot_failed'; error: string }
  | WorkerResponse
  /** The handler threw or returned something that is no Response. */
  | { type: 'failed'; id: number; error: string }
  /** Thrown outside of any handler that could answer: a timer, a promise nobody awaited. */
  | { type: 'late_error'; requestId: string | null; error: string }
  /** How many promises given to EdgeRuntime.waitUntil are still open. */
  | { type: 'background'; open: number }
  | { type: 'pong' };

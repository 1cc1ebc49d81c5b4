import { AsyncLocalStorage } from 'node:async_hooks';
import type { Caller } from './gateway/caller.ts';

/** The request that is being answered, as SQL may see it in `request.*`. */
export interface RequestContext {
  id: string;
  method: string;
  /** Path as PostgREST sees it, without `/rest/v1`. */
  path: string;
  /** Lower-case names; credentials are left out, since SQL may log what it reads. */
  headers: Record<string, string>;
  caller: Caller;
  /** Where the caller sits; kept with the session it signs in to. */
  address: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

export function runWithRequest<T>(request: RequestContext, run: () => Promise<T>): Promise<T> {
  return storage.run(request, run);
}

export function currentRequest(): RequestContext {
  const request = storage.getStore();
  if (!request) throw new Error('Nothing of the API may run outside a request');
  return request;
}

/** For log lines, which also come from outside of requests. */
export function currentRequestId(): string | undefined {
  return storage.getStore()?.id;
}

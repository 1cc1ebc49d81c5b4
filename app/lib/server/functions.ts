import { error } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import { SUPABASE_PUBLISHABLE_KEY, SUPABASE_URL } from '$app/env/private';
import { errorStatus, isErrorCode, type ErrorCode } from '#domain/errors.ts';
import { refuse } from './api.ts';
import { reachable } from './api-address.ts';
import { personHeaders } from './person-headers.ts';

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  /** What it is called when there is no answer in time. */
  late?: ErrorCode;
}

/**
 * Calls an edge function as the person who asks and returns its JSON. `path` starts with the function's name. A refusal becomes
 * an HTTP error with the function's code; no answer within 20 seconds is `late`.
 */
export async function callFunction<T>(
  event: RequestEvent,
  path: string,
  { method = 'GET', body, late = 'gateway_timeout' }: Call = {},
): Promise<T> {
  const { session, requestId } = event.locals;
  if (!session) refuse('signed_out');
  let response: Response;
  try {
    response = await fetch(reachable(`${SUPABASE_URL}/functions/v1/${path}`), {
      method,
      headers: {
        ...personHeaders(event),
        apikey: SUPABASE_PUBLISHABLE_KEY,
        authorization: `Bearer ${session.accessToken}`,
        'x-request-id': requestId,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
  } catch (cause) {
    refuse(cause instanceof DOMException && cause.name === 'TimeoutError' ? late : 'internal', String(cause));
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as T;
  const refused =
    answer && typeof answer === 'object'
      ? (answer as { code?: unknown; message?: unknown; hint?: unknown; url?: unknown })
      : {};
  if (!isErrorCode(refused.code))
    refuse(response.status === 401 ? 'signed_out' : 'internal', `${path}: ${response.status}`);
  error(errorStatus[refused.code], typeof refused.message === 'string' ? refused.message : refused.code, {
    code: refused.code,
    ...(typeof refused.hint === 'string' && { hint: refused.hint }),
    ...(typeof refused.url === 'string' && { url: refused.url }),
    requestId: response.headers.get('x-request-id') ?? requestId,
  });
}

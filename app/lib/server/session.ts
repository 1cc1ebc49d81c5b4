import { createHash } from 'node:crypto';
import { createServerClient } from '@supabase/ssr';
import type { RequestEvent } from '@sveltejs/kit';
import type { Database } from '#domain/database.types.ts';
import { SUPABASE_PUBLISHABLE_KEY, SUPABASE_URL } from '$app/env/private';
import { reachable } from './api-address.ts';
import { personHeaders } from './person-headers.ts';

export interface Session {
  accessToken: string;
  /** Seconds since 1970. */
  expiresAt: number;
  /** `sub` of the token, read without verifying it: good for keys and comparisons, never for a decision. */
  userId: string;
}

/** The same everywhere: @supabase/ssr would otherwise name it after the API's host, which differs inside and outside. */
export const sessionCookie = 'sb-auth';

const requestTimeout = 15_000;

/**
 * The API client of one request. Its session lives in cookies that only the server sets and that scripts cannot read.
 * Cookies that change while the page is being made are lost, so `currentSession` runs before anything else.
 */
export function createApi(event: RequestEvent) {
  return createServerClient<Database, 'mgmt'>(SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY, {
    db: { schema: 'mgmt' },
    global: { fetch: refreshOnce, headers: { ...personHeaders(event), 'x-request-id': event.locals.requestId } },
    cookieOptions: {
      name: sessionCookie,
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: event.url.protocol === 'https:',
    },
    cookies: {
      // The person's data would fill a second cookie, and nothing reads it from there.
      encode: 'tokens-only',
      getAll: () => event.cookies.getAll(),
      setAll: (cookies) => {
        for (const { name, value, options } of cookies) event.cookies.set(name, value, { ...options, path: '/' });
      },
    },
  });
}

/** The session of the cookies, refreshed if it is about to end; null when there is none or it can no longer be refreshed. */
export async function currentSession(api: ReturnType<typeof createApi>): Promise<Session | null> {
  const { data } = await api.auth.getSession();
  if (!data.session) return null;
  const { access_token: accessToken, expires_at: expiresAt } = data.session;
  const userId = subjectOf(accessToken);
  return userId ? { accessToken, expiresAt: expiresAt ?? 0, userId } : null;
}

function subjectOf(token: string): string | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return claims && typeof claims === 'object' && 'sub' in claims && typeof claims.sub === 'string'
      ? claims.sub
      : null;
  } catch {
    return null;
  }
}

const refreshes = new Map<string, Promise<Response>>();

/**
 * A page and its data often arrive together with the same expired session. A refresh token works once, so the second must
 * share the answer of the first, for the ten seconds in which such a request can still carry the old cookie.
 */
async function refreshOnce(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const signal = init?.signal ?? AbortSignal.timeout(requestTimeout);
  if (input instanceof Request) throw new TypeError('the API client asks by address');
  const url = reachable(String(input));
  if (!url.includes('/auth/v1/token?grant_type=refresh_token') || typeof init?.body !== 'string') {
    return fetch(url, { ...init, signal });
  }
  const key = createHash('sha256').update(init.body).digest('base64');
  let refresh = refreshes.get(key);
  if (!refresh) {
    refresh = fetch(url, { ...init, signal });
    refreshes.set(key, refresh);
    setTimeout(() => refreshes.delete(key), 10_000).unref();
  }
  return (await refresh).clone();
}

import type { HonoContext } from '@supabase/lite';
import type { MiddlewareHandler } from 'hono';
import { AuthError } from './auth-error.ts';
import type { LibraryAuthService } from './library.ts';
import { route } from './route.ts';

/**
 * Renewing a session. Requests with the same refresh token pass one after the other: two tabs, or two requests of one page, renew
 * at the same moment, and once the first has rotated the token the others must find that done. Else each would start a line of
 * tokens of its own, and reuse detection would end the session.
 */
export function refreshRoute(): MiddlewareHandler<HonoContext> {
  const waiting = new Map<string, Promise<unknown>>();
  return route('POST', '/token', async (context, next) => {
    if (context.req.query('grant_type') !== 'refresh_token') return next();
    const body: unknown = await context.req.json().catch(() => undefined);
    const token = (body as { refresh_token?: unknown } | undefined)?.refresh_token;
    if (typeof token !== 'string') return next();
    const before = waiting.get(token) ?? Promise.resolve();
    const { promise: done, resolve: release } = Promise.withResolvers<undefined>();
    const mine = before.then(() => done);
    waiting.set(token, mine);
    await before;
    try {
      await assertNotBanned(context.get('authService'), token);
      await next();
    } finally {
      release(undefined);
      if (waiting.get(token) === mine) waiting.delete(token);
    }
  });
}

/** A ban ends sessions at their next renewal; the library looks at sign-ins only. */
async function assertNotBanned(service: LibraryAuthService, token: string): Promise<void> {
  const stored = await service.repo.findRefreshToken(token);
  const until = stored && (await service.repo.findUserById(stored.user_id))?.banned_until;
  if (until && Date.parse(until) > Date.now()) throw new AuthError(403, 'user_banned', 'User is banned');
}

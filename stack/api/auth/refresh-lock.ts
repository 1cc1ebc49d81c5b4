import type { HonoContext } from '@supabase/lite';
import type { MiddlewareHandler } from 'hono';
import { route } from './route.ts';

/**
 * Lets requests with the same refresh token pass one after the other. Two tabs, or two requests of one page, renew at the same
 * moment: the first one rotates the token, and the others must find that done, or each would start a line of tokens of its own
 * and reuse detection would then end the session.
 */
export function refreshLock(): MiddlewareHandler<HonoContext> {
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
      await next();
    } finally {
      release(undefined);
      if (waiting.get(token) === mine) waiting.delete(token);
    }
  });
}

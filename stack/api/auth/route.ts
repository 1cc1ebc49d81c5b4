import type { HonoContext } from '@supabase/lite';
import type { MiddlewareHandler } from 'hono';

/** A handler for one route in front of the library's own; calling `next` leaves the request to the library. */
export function route(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  handler: MiddlewareHandler<HonoContext>,
): MiddlewareHandler<HonoContext> {
  return async (context, next) => {
    if (context.req.method !== method || context.req.path !== `/auth/v1${path}`) return next();
    return handler(context, next);
  };
}

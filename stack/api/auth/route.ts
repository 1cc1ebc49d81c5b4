import type { HonoContext } from '@supabase/lite';
import type { MiddlewareHandler } from 'hono';
import { AuthError } from './auth-error.ts';

/**
 * A handler for one route in front of the library's own; calling `next` leaves the request to the library. Errors meant for the
 * caller, ours or the library's, are answered in the shape of Supabase Auth.
 */
export function route(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  handler: MiddlewareHandler<HonoContext>,
): MiddlewareHandler<HonoContext> {
  return async (context, next) => {
    if (context.req.method !== method || context.req.path !== `/auth/v1${path}`) return next();
    try {
      return await handler(context, next);
    } catch (error) {
      const answerable = AuthError.from(error);
      if (answerable) return answerable.toResponse();
      throw error;
    }
  };
}

import type { HonoContext } from '@supabase/lite';
import type { MiddlewareHandler } from 'hono';
import { AuthError } from './auth-error.ts';

/** Errors meant for the caller, ours or the library's, are answered in the shape of Supabase Auth. */
export function answeringErrors(handler: MiddlewareHandler<HonoContext>): MiddlewareHandler<HonoContext> {
  return async (context, next) => {
    try {
      return await handler(context, next);
    } catch (error) {
      const answerable = AuthError.from(error);
      if (answerable) return answerable.toResponse();
      throw error;
    }
  };
}

/** A handler for one route in front of the library's own; calling `next` leaves the request to the library. */
export function route(
  method: 'GET' | 'POST',
  path: string,
  handler: MiddlewareHandler<HonoContext>,
): MiddlewareHandler<HonoContext> {
  const answering = answeringErrors(handler);
  return async (context, next) =>
    context.req.method === method && context.req.path === `/auth/v1${path}` ? answering(context, next) : next();
}

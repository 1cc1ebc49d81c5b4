import type { Handle } from '@sveltejs/kit/hooks';
import { errorStatus } from '#domain/errors.ts';

/**
 * Every write must come from our own pages. Kit checks forms only, and only in production; cookies are SameSite=Lax, which a
 * sibling subdomain passes. Browsers send Origin with every write, so its absence is refused too.
 */
export const originCheck: Handle = ({ event, resolve }) => {
  const { method, headers } = event.request;
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || headers.get('origin') === event.url.origin) {
    return resolve(event);
  }
  const body = {
    code: 'forbidden',
    message: 'This request did not come from the app.',
    request_id: event.locals.requestId,
  };
  return Response.json(body, { status: errorStatus.forbidden });
};

import { randomUUID } from 'node:crypto';
import type { Handle } from '@sveltejs/kit/hooks';

/** One id for the request through app, API and functions; a proxy in front may bring its own. */
export const requestId: Handle = async ({ event, resolve }) => {
  const given = event.request.headers.get('x-request-id') ?? '';
  event.locals.requestId = /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
  const response = await resolve(event);
  response.headers.set('x-request-id', event.locals.requestId);
  return response;
};

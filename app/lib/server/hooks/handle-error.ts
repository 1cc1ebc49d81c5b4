import type { HandleServerError } from '@sveltejs/kit/hooks';

/** Every error carries an id to quote. The log gets what nobody foresaw; a person never sees a stack. */
export const handleError: HandleServerError = ({ kind, error, event }) => {
  const { requestId } = event.locals;
  if (kind === 'app') return { requestId };
  if (kind === 'framework') return { requestId, ...(error.status === 404 && { code: 'not_found' }) };
  const detail = error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
  const { method } = event.request;
  console.error(JSON.stringify({ level: 'error', request_id: requestId, method, path: event.url.pathname, detail }));
  return { requestId, code: 'internal' };
};

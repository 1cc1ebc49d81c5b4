import type { HandleServerError } from '@sveltejs/kit/hooks';
import type { ErrorCode } from '#domain/errors.ts';

/** What Kit refuses before any code of ours runs. */
const codes: Record<number, ErrorCode> = {
  400: 'validation',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'validation',
};

/** Every error carries an id to quote. The log gets what nobody foresaw; a person never sees a stack. */
export const handleError: HandleServerError = ({ kind, error, event }) => {
  const { requestId } = event.locals;
  if (kind === 'app') return { requestId };
  if (kind === 'framework') {
    const code = codes[error.status];
    return { requestId, ...(code && { code }) };
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
  const { method } = event.request;
  console.error(JSON.stringify({ level: 'error', request_id: requestId, method, path: event.url.pathname, detail }));
  return { requestId, code: 'internal' };
};

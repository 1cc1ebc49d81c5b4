import { isErrorCode } from '../../domain/errors.ts';
import { GatewayError } from '../../domain/gateway/mod.ts';
import { KeyringError } from '../../domain/secrets/keyring.ts';
import { AppError } from './app-error.ts';

/** As PostgREST renders a database error. */
export interface DataApiError {
  code?: string;
  message: string;
  details?: string | null;
  hint?: string | null;
}

/** An error of the Data API. Ours carry their stable code as `details`; what else comes is the caller's sign-in, a missing right, or our fault. */
export function fromDataApi(error: DataApiError): AppError {
  if (isErrorCode(error.details)) {
    return new AppError(error.details, error.message, { hint: error.hint ?? undefined, cause: error });
  }
  if (error.code?.startsWith('PGRST3')) {
    return new AppError('signed_out', 'This sign-in is not valid any more.', { hint: 'Sign in again.', cause: error });
  }
  if (error.code === '42501') return new AppError('forbidden', 'You may not do this.', { cause: error });
  return new AppError('internal', 'Something went wrong here.', { hint: internalHint, cause: error });
}

const internalHint = 'Try again. If it happens again, tell support the request id.';

/** The one place that decides what becomes of anything thrown. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof GatewayError) {
    return new AppError(thrown.code, thrown.message, { hint: gatewayHints[thrown.code], cause: thrown });
  }
  if (thrown instanceof KeyringError) {
    return new AppError('secret_store_unavailable', 'Keys cannot be read or saved just now. Nothing was stored.', {
      hint: 'Ask the operator to check GLYPHOXA_KEYRING.',
      cause: thrown,
    });
  }
  return new AppError('internal', 'Something went wrong here.', { hint: internalHint, cause: thrown });
}

const gatewayHints: Partial<Record<GatewayError['code'], string>> = {
  gateway_unavailable: 'Try again in a minute.',
  gateway_timeout: 'Look whether it happened before you try again.',
  gateway_unsupported: 'Use the command in Discord.',
  gateway_refused: internalHint,
  bot_disconnected: 'Look at the bot under Discord, or set its token again.',
};

/** The body of every error: `{ code, message, hint?, field?, url?, request_id }`. */
export function errorResponse(error: AppError, requestId: string): Response {
  const { code, message, hint, field, url } = error;
  return Response.json(
    { code, message, ...(hint && { hint }), ...(field && { field }), ...(url && { url }), request_id: requestId },
    { status: error.status, headers: { 'x-request-id': requestId } },
  );
}

/** What a log keeps of an error: with stack and causes, never sent outside. */
export function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown === 'string' ? thrown : JSON.stringify(thrown);
  const detail = thrown instanceof GatewayError ? ` [${thrown.method}: ${thrown.detail}]` : '';
  const cause = thrown.cause === undefined ? '' : `\ncaused by ${describe(thrown.cause)}`;
  return `${thrown.stack ?? thrown.message}${detail}${cause}`;
}

import { error, isHttpError } from '@sveltejs/kit';
import { errorStatus, isErrorCode, type ErrorCode } from '#domain/errors.ts';
import type { createApi } from './session.ts';

/** The API as one person: every query runs with that person's token and rights. */
export type Api = ReturnType<typeof createApi>;

/** What an action gives back when something was refused. `said` is true for sentences that were written for a person. */
export interface Problem {
  code: ErrorCode;
  message: string;
  hint?: string;
  said: boolean;
  requestId?: string;
  /** A page of Stripe where what is missing can be done. */
  url?: string;
}

interface Answer<T> {
  data: T;
  error: { message: string; details?: string | null; hint?: string | null; code?: string } | null;
  status: number;
}

/** Data of a PostgREST answer, or an HTTP error with a stable code. */
export function unwrap<T>({ data, error: refused, status }: Answer<T>): NonNullable<T> {
  if (refused) throw refusal(refused, status);
  if (data === null || data === undefined) refuse('not_found');
  return data as NonNullable<T>;
}

/** As `unwrap`, for functions that answer JSON: the types know only that it is some. Its shape is in docs/architecture.md. */
export function unwrapJson<T>(answer: Answer<unknown>): T {
  return unwrap(answer) as T;
}

/** As `unwrap`, for statements that answer nothing. */
export function expectDone({ error: refused, status }: Answer<unknown>): void {
  if (refused) throw refusal(refused, status);
}

function refusal(refused: NonNullable<Answer<unknown>['error']>, status: number): never {
  if (isErrorCode(refused.details)) {
    error(errorStatus[refused.details], refused.message, {
      code: refused.details,
      ...(refused.hint && { hint: refused.hint }),
    });
  }
  refuse(codeOf(refused.code, status), status === 0 ? refused.message : undefined);
}

/**
 * What cannot be kept as it was sent: too long, out of the type's range, no such day, or with the character NUL, which our own API
 * refuses before the database would.
 */
const unstorable = new Set(['22001', '22003', '22007', '22008', '22021', '22P05', 'nul_character']);

/** SQLSTATEs and PostgREST's own codes that our functions did not raise themselves. */
function codeOf(code: string | undefined, status: number): ErrorCode {
  if (status === 401 || code === 'PGRST301' || code === 'PGRST302' || code === 'PGRST303') return 'signed_out';
  if (code === '42501' || status === 403) return 'forbidden';
  if (code === '23505') return 'name_taken';
  if (code === 'PGRST116' || code === '22P02' || status === 404) return 'not_found';
  if (code === '23514' || code === '23502' || unstorable.has(code ?? '')) return 'validation';
  return 'internal';
}

/** Ends the request with this code. `cause` is for the log only. */
export function refuse(code: ErrorCode, cause?: string): never {
  if (cause) console.error(JSON.stringify({ level: 'error', code, cause }));
  error(errorStatus[code], code, { code });
}

/** The same as what an action gives back. */
export function problemOf(code: ErrorCode): Problem {
  return { code, message: code, said: false };
}

/** Runs the write of an action: its result, or the problem to `fail` with. Redirects and bugs pass through. */
export async function attempt<T>(
  write: () => Promise<T>,
): Promise<{ ok: true; value: T } | { ok: false; problem: Problem; status: number }> {
  try {
    return { ok: true, value: await write() };
  } catch (thrown) {
    if (!isHttpError(thrown) || !isErrorCode(thrown.body.code)) throw thrown;
    const { code, message, hint, requestId, url } = thrown.body;
    return {
      ok: false,
      status: thrown.status,
      problem: {
        code,
        message,
        said: message !== code,
        ...(hint && { hint }),
        ...(requestId && { requestId }),
        ...(url && { url }),
      },
    };
  }
}

import { errorStatus, type ErrorCode } from '../../domain/errors.ts';

export interface AppErrorFields {
  /** What the person can do next. */
  hint?: string | undefined;
  /** Name of the input field it is about. */
  field?: string | undefined;
  /** A page outside of the product on which the person can go on. */
  url?: string | undefined;
  /** For the log only. */
  cause?: unknown;
}

/** An error that a person may read, with its stable code. Everything else that is thrown is answered as `internal`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly field: string | undefined;
  readonly url: string | undefined;

  constructor(code: ErrorCode, message: string, { hint, field, url, cause }: AppErrorFields = {}) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
    this.field = field;
    this.url = url;
  }

  get status(): (typeof errorStatus)[ErrorCode] {
    return errorStatus[this.code];
  }
}

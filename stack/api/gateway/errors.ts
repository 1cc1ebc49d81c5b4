interface ApiErrorOptions {
  details?: string;
  hint?: string;
  headers?: Record<string, string>;
  cause?: unknown;
}

/** An answer the gateway gives itself, in PostgREST's shape: `{ code, message, details, hint }`. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: string | null;
  readonly hint: string | null;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, options: ApiErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.status = status;
    this.code = code;
    this.details = options.details ?? null;
    this.hint = options.hint ?? null;
    this.headers = options.headers ?? {};
  }

  body(requestId: string): string {
    const { code, message, details, hint } = this;
    return JSON.stringify({ code, message, details, hint, request_id: requestId });
  }
}

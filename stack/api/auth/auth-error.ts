/** An error in the shape of Supabase Auth: `{ code: <status>, error_code, msg }`. */
export class AuthError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.status = status;
    this.code = code;
  }

  /** Ours, or the library's, whose class is not exported; undefined for anything else. */
  static from(error: unknown): AuthError | undefined {
    if (error instanceof AuthError) return error;
    if (!(error instanceof Error) || error.name !== 'AuthError') return undefined;
    const { status, code } = error as { status?: unknown; code?: unknown };
    if (typeof status !== 'number' || typeof code !== 'string') return undefined;
    return new AuthError(status, code, error.message, error.cause);
  }

  toResponse(): Response {
    const body = { code: this.status, error_code: this.code, msg: this.message };
    return Response.json(body, { status: this.status, headers: { 'x-sb-error-code': this.code } });
  }
}

/** Errors that end at the person's redirect target as `error=access_denied`, as Supabase Auth sorts them. */
const denials = new Set(['signup_disabled', 'user_banned', 'provider_email_needs_verification']);
const oauthErrors: Record<number, string> = {
  400: 'invalid_request',
  401: 'unauthorized_client',
  403: 'access_denied',
  500: 'server_error',
  503: 'temporarily_unavailable',
};

/** Where the browser goes after a failed sign-in: the reason as query and fragment, for servers and for pages. */
export function errorRedirect(target: string, error: { error: string; description: string; code?: string }): string {
  const url = new URL(target);
  const params = new URLSearchParams({ error: error.error });
  if (error.code) params.set('error_code', error.code);
  params.set('error_description', error.description);
  for (const [name, value] of params) url.searchParams.set(name, value);
  params.set('sb', '');
  url.hash = params.toString();
  return url.href;
}

/** What may be told of a failed sign-in: an expected error in full, of anything else only that it happened. */
export function asOAuthError(cause: unknown): { error: string; description: string; code: string } {
  const error = AuthError.from(cause);
  if (!error)
    return {
      error: 'server_error',
      description: 'Unexpected failure, please check server logs for more information',
      code: 'unexpected_failure',
    };
  const { status, code, message } = error;
  return {
    error: denials.has(code) ? 'access_denied' : (oauthErrors[status] ?? 'server_error'),
    description: message,
    code,
  };
}

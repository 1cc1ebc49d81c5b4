/** An error as Stripe's API answers it. */
export class ApiError extends Error {
  readonly status: number;
  readonly fields: ErrorFields;
  /** A declined card is an outcome: what led to it stays. */
  readonly commits: boolean;

  constructor(status: number, fields: ErrorFields, commits = false) {
    super(fields.message);
    this.status = status;
    this.fields = fields;
    this.commits = commits;
  }
}

export interface ErrorFields {
  type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
  message: string;
  code?: string | undefined;
  param?: string | undefined;
  decline_code?: string | undefined;
  payment_intent?: object | undefined;
  charge?: string | undefined;
}

export function invalid(message: string, more: { code?: string; param?: string } = {}): ApiError {
  return new ApiError(400, { type: 'invalid_request_error', message, ...more });
}

export function missing(kind: string, id: string, param = 'id', status = 404): ApiError {
  const name = kind.replace(/^.*\./, '').replaceAll('_', ' ');
  return new ApiError(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    param,
    message: `No such ${name}: '${id}'`,
  });
}

/** The decline that a card met, with the payment it happened to. */
export function cardError(
  decline: { code: string; decline_code?: string | undefined; message: string },
  more: { charge?: string | undefined; payment_intent?: object | undefined } = {},
  commits = true,
): ApiError {
  return new ApiError(402, { type: 'card_error', ...decline, ...more }, commits);
}

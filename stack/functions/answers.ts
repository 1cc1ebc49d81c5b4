import { errorStatus, type ErrorCode } from '../../domain/errors.ts';

/** An error as every function answers it. Never carries what was thrown: that is in the log under the request id. */
export function errorResponse(code: ErrorCode, message: string, requestId: string, hint?: string): Response {
  return withRequestId(
    Response.json({ code, message, ...(hint ? { hint } : {}), request_id: requestId }, { status: errorStatus[code] }),
    requestId,
  );
}

export function withRequestId(response: Response, requestId: string): Response {
  response.headers.set('x-request-id', requestId);
  return response;
}

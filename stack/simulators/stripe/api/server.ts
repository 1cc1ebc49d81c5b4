import { setTimeout as delay } from 'node:timers/promises';
import { type Context, Hono } from 'hono';
import { type Account, apiVersion } from '../account.ts';
import { newId } from '../ids.ts';
import { ApiError, type ErrorFields } from './errors.ts';
import { answer } from './expand.ts';
import type { Faults } from './faults.ts';
import { type Fault } from './faults.ts';
import { parseForm } from './form.ts';
import { Keys } from './idempotency.ts';
import { readParameters } from './parameters.ts';
import type { Route } from './route.ts';

/** Thrown to cut the connection instead of answering. */
export class CutConnection extends Error {
  override name = 'CutConnection';
}

/** Stripe's API over HTTP: authentication, parameters, idempotency, errors, and the routes. */
export function apiRoutes(account: Account, routes: Route[], faults: Faults): Hono {
  const app = new Hono();
  const keys = new Keys();
  for (const route of routes)
    app.on(route.method, [route.path], (context) => serve(context, account, route, faults, keys));
  app.all('/v1/*', (context) => {
    const url = `(${context.req.method}: ${context.req.path})`;
    const message = `Unrecognized request URL ${url}. This simulator does not know it, or Stripe does not.`;
    return failure(context, 404, { type: 'invalid_request_error', message }, newId('req_', 14));
  });
  return app;
}

async function serve(context: Context, account: Account, route: Route, faults: Faults, keys: Keys): Promise<Response> {
  const requestId = newId('req_', 14);
  const { method, path } = context.req;
  try {
    checkCaller(context, account);
    const body = method === 'GET' ? new URL(context.req.url).search.slice(1) : await context.req.text();
    const key = context.req.header('idempotency-key');
    const fault = faults.take(method, path);
    if (fault?.kind === 'status' || fault?.kind === 'reset') await failBefore(fault);
    const done = await keys.once(account, key, { method, path, body }, async () => {
      if (fault && fault.delay_ms > 0) await delay(fault.delay_ms);
      const outcome = run(account, route, context, body, { id: requestId, idempotencyKey: key ?? null });
      return { ...outcome, request: requestId };
    });
    account.store.flush();
    if (fault?.kind === 'lost') throw new CutConnection();
    const replayed: Record<string, string> = done.replayed
      ? { 'idempotent-replayed': 'true', 'original-request': done.request }
      : {};
    return new Response(done.body, { status: done.status, headers: { ...headers(requestId, key), ...replayed } });
  } catch (error) {
    if (error instanceof ApiError) return failure(context, error.status, error.fields, requestId);
    throw error;
  }
}

/** The effect and its answer. A failure after the parameters were understood is an answer too, and kept for its key. */
function run(
  account: Account,
  route: Route,
  context: Context,
  body: string,
  origin: { id: string; idempotencyKey: string | null },
): { status: number; body: string; remember: boolean } {
  let started = false;
  try {
    const parameters = readParameters(route.schema, parseForm(body));
    const expand = (parameters as { expand?: string[] }).expand;
    started = true;
    const shown = account.asRequest(origin, () =>
      account.store.atomically(
        () =>
          answer(
            account,
            route.handle({ account, path: context.req.param(), parameters: parameters as never }),
            expand,
          ),
        (error) => error instanceof ApiError && error.commits,
      ),
    );
    return { status: 200, body: JSON.stringify(shown, undefined, 2), remember: true };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { status: error.status, body: errorBody(error.fields, origin.id), remember: started };
  }
}

async function failBefore(fault: Fault): Promise<never> {
  if (fault.delay_ms > 0) await delay(fault.delay_ms);
  if (fault.kind === 'reset') throw new CutConnection();
  const limited = fault.status === 429;
  throw new ApiError(fault.status, {
    type: fault.status < 500 ? 'invalid_request_error' : 'api_error',
    code: fault.code ?? (limited ? 'rate_limit' : undefined),
    message:
      fault.message ??
      (limited
        ? 'Request rate limit exceeded.'
        : 'An unknown error occurred; the simulator was told to fail this call.'),
  });
}

function checkCaller(context: Context, account: Account): void {
  const version = context.req.header('stripe-version');
  if (version !== undefined && version !== apiVersion)
    throw new ApiError(400, {
      type: 'invalid_request_error',
      message: `Invalid Stripe API version: ${version}. This simulator speaks ${apiVersion}.`,
    });
  const [scheme = '', credentials = ''] = (context.req.header('authorization') ?? '').split(' ');
  const key =
    scheme.toLowerCase() === 'basic' ? Buffer.from(credentials, 'base64').toString('utf8').split(':')[0] : credentials;
  if (key === account.settings.secretKey) return;
  const message = key
    ? `Invalid API Key provided: ${key.slice(0, 8)}****${key.slice(-4)}`
    : 'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.';
  throw new ApiError(401, { type: 'invalid_request_error', message });
}

function failure(context: Context, status: number, fields: ErrorFields, requestId: string): Response {
  const body = errorBody(fields, requestId);
  return new Response(body, { status, headers: headers(requestId, context.req.header('idempotency-key')) });
}

function errorBody(fields: ErrorFields, requestId: string): string {
  return JSON.stringify(
    { error: { ...fields, request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}` } },
    undefined,
    2,
  );
}

function headers(requestId: string, key: string | undefined): Record<string, string> {
  return {
    'content-type': 'application/json',
    'request-id': requestId,
    'stripe-version': apiVersion,
    'cache-control': 'no-cache, no-store',
    ...(key !== undefined && { 'idempotency-key': key }),
  };
}

import { Hono } from 'hono';
import type { Context } from 'hono';
import { AppError } from './app-error.ts';
import { describe, errorResponse, toAppError } from './errors.ts';

/** Who asks, and under which id it is logged. */
export interface Call {
  request: Request;
  requestId: string;
  /** The caller's `Authorization` header; empty for a call of a machine. */
  authorization: string;
  param(name: string): string;
}

export type Handler = (call: Call) => Promise<Response>;
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
/** `'POST /start'` → handler; paths are relative to the function's name. */
export type Routes = Record<`${Method} /${string}`, Handler>;

const knownRequestId = /^[A-Za-z0-9_-]{8,64}$/;

export interface HandlerOptions {
  /** Takes calls of machines that nobody is signed in on; the routes themselves find out who calls. */
  open?: boolean;
}

/**
 * A function's request handler: finds the route, asks for a signed-in caller, and renders what is thrown. Unknown path: 404
 * `not_found`; known path, other method: 405 `method_not_allowed`.
 */
export function createHandler(
  functionName: string,
  routes: Routes,
  { open = false }: HandlerOptions = {},
): (request: Request) => Promise<Response> {
  const app = new Hono<{ Variables: { requestId: string } }>().basePath(`/${functionName}`);
  const methods = new Map<string, Method[]>();

  app.use(async (context, next) => {
    const given = context.req.header('x-request-id') ?? '';
    context.set('requestId', knownRequestId.test(given) ? given : crypto.randomUUID());
    await next();
    context.header('x-request-id', context.get('requestId'));
  });
  for (const [route, handler] of Object.entries(routes)) {
    const [method, path] = route.split(' ') as [Method, string];
    methods.set(path, [...(methods.get(path) ?? []), method]);
    app.on(method, path, (context) => handler(callOf(context, context.get('requestId'), open)));
  }
  for (const [path, allowed] of methods) {
    app.all(path, (context) => {
      context.header('allow', allowed.join(', '));
      throw new AppError('method_not_allowed', `This address takes ${allowed.join(' or ')}.`);
    });
  }
  app.notFound((context) =>
    errorResponse(new AppError('not_found', 'There is no such address.'), context.get('requestId')),
  );
  app.onError((thrown, context) => {
    const error = toAppError(thrown);
    const requestId = context.get('requestId');
    if (error.code === 'internal') console.error(describe(thrown));
    else if (error.status >= 500) console.warn(describe(thrown));
    const response = errorResponse(error, requestId);
    const allow = context.res.headers.get('allow');
    if (allow) response.headers.set('allow', allow);
    return response;
  });
  return async (request) => await app.fetch(request);
}

function callOf(context: Context, requestId: string, open: boolean): Call {
  const authorization = context.req.header('authorization') ?? '';
  if (!open && !/^Bearer \S+$/i.test(authorization)) throw new AppError('signed_out', 'Sign in to do this.');
  return {
    request: context.req.raw,
    requestId,
    authorization,
    param: (name) => {
      const value = context.req.param(name) ?? '';
      // Nothing that is kept can have such a name: Postgres stores no NUL.
      if (value.includes('\0')) throw new AppError('not_found', 'There is no such address.');
      return value;
    },
  };
}

import { randomUUID } from 'node:crypto';
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiConfig } from '../config.ts';
import { bodyLimits, campaignFilePath, type RateLimitName, timeouts } from '../limits.ts';
import { log } from '../log.ts';
import { runWithRequest } from '../request-context.ts';
import { clientAddress } from './address.ts';
import { assertDeclaredLength, assertJson, drain, readBody } from './body.ts';
import { type Caller, CallerResolver } from './caller.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { endSocket, type Exchange, presentable, refuse, refuseUnreadable, send, type ServiceName } from './answers.ts';
import { ApiError } from './errors.ts';
import { proxyRequest, proxyUpgrade } from './proxy.ts';
import { RateLimiter } from './rate-limiter.ts';

/** A part of the API that answers in this process. */
export type Handler = (request: Request) => Promise<Response>;

export interface Handlers {
  rest: Handler;
  auth: Handler;
  storage: Handler;
  /** Whether the database answers. */
  healthy: () => Promise<boolean>;
}

const servicePattern = /^\/(rest|auth|storage|realtime|functions)\/v1(?=\/|$)/;
/** Taken over from the client only in this form, since it goes into logs. */
const requestIdPattern = /^[\w.:-]{8,128}$/;
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** In the log, as nginx writes it: the client left before its answer was complete. */
const clientGone = 499;
/** Not shown to SQL and not passed to handlers that do not need them. */
const credentialHeaders = new Set(['authorization', 'apikey', 'cookie']);
/** Pages a browser opens by itself, without a key: the steps of an OAuth sign-in, links in mails, public and signed files. */
const keylessPaths = [
  /^\/auth\/v1\/(?:authorize|callback|verify|health)$/,
  /^\/auth\/v1\/\.well-known\//,
  /^\/storage\/v1\/(?:object\/(?:public|sign)|render\/image\/(?:public|sign))\//,
  /^\/storage\/v1\/object\/upload\/sign\//,
  /^\/functions\/v1\//,
];

/** The one origin in front of every part of the API. */
export function createGateway(config: ApiConfig, handlers: Handlers): Server {
  const callers = new CallerResolver(config);
  const limiter = new RateLimiter(config.GLYPHOXA_RATE_LIMIT_SCALE);

  const server = http.createServer({ requestTimeout: timeouts.request, headersTimeout: timeouts.headers });
  server.keepAliveTimeout = timeouts.keepAlive;
  server.on('request', (request, response) => void handle(request, response));
  server.on('clientError', refuseUnreadable);
  server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head));
  return server;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const exchange = open(request);
    try {
      await answer(request, response, exchange);
    } catch (error) {
      refuse(response, exchange, error);
      drain(request);
    }
    if (exchange.url.pathname === '/healthz') return;
    log('info', 'request', {
      method: request.method,
      path: exchange.url.pathname,
      status: response.writableFinished || !response.destroyed ? response.statusCode : clientGone,
      ms: Math.round((performance.now() - started) * 10) / 10,
      request_id: exchange.id,
      user_id: exchange.userId,
    });
  }

  async function answer(request: IncomingMessage, response: ServerResponse, exchange: Exchange): Promise<void> {
    const { url, service } = exchange;
    if (url.pathname === '/healthz') return health(response, exchange);
    if (!methods.has(request.method ?? ''))
      throw new ApiError(405, 'method_not_allowed', 'This method is not allowed here.');
    if (!service) throw new ApiError(404, 'not_found', 'There is nothing at this path.');
    if (/%00/.test(url.pathname))
      throw new ApiError(400, 'nul_character', 'The path holds the character NUL, which nothing is called by.');
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method']) {
      response.writeHead(204, { ...exchange.headers, ...preflightHeaders() }).end();
      return;
    }
    const caller = await callers.resolve(request, url).catch((error: unknown) => {
      // Auth and the functions judge tokens by themselves; here an unusable one only means that nobody is signed in.
      if ((service === 'auth' || service === 'functions') && isTokenError(error))
        return anonymous(callers.key(request, url));
      throw error;
    });
    if (caller.userId) exchange.userId = caller.userId;
    assertKey(caller, url);
    limit(caller, request, exchange);
    const bodyLimit = bodyLimitOf(service, url);
    assertDeclaredLength(request, bodyLimit);
    if (service === 'realtime' || service === 'functions')
      return proxyRequest(request, response, target(request, exchange, service, bodyLimit), exchange.headers);
    await answerInProcess(request, response, exchange, caller, bodyLimit);
  }

  async function answerInProcess(
    request: IncomingMessage,
    response: ServerResponse,
    exchange: Exchange,
    caller: Caller,
    bodyLimit: number,
  ): Promise<void> {
    const service = exchange.service as 'rest' | 'auth' | 'storage';
    const body = await readBody(request, bodyLimit);
    if (service !== 'storage') assertJson(request.headers['content-type'], body);
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers))
      for (const one of [value ?? []].flat()) headers.append(name, one);
    headers.set('x-request-id', exchange.id);
    // For SQL that notes where a call came from: what was found out here, not what the client claims.
    headers.set('x-forwarded-for', exchange.address);
    const method = request.method ?? 'GET';
    const webRequest = new Request(new URL(exchange.url.pathname + exchange.url.search, config.SUPABASE_URL), {
      method,
      headers,
      body: body.length > 0 && method !== 'GET' && method !== 'HEAD' ? body : null,
    });
    const context = {
      id: exchange.id,
      method,
      path: exchange.url.pathname.replace(servicePattern, '') || '/',
      headers: Object.fromEntries([...headers].filter(([name]) => !credentialHeaders.has(name))),
      caller,
      address: exchange.address,
    };
    const result = await runWithRequest(context, () => handlers[service](webRequest));
    await send(response, await presentable(result), exchange);
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const exchange = open(request);
    try {
      if (exchange.service !== 'realtime') throw new ApiError(404, 'not_found', 'There is no WebSocket at this path.');
      const key = callers.key(request, exchange.url);
      assertKey({ key, claims: {} }, exchange.url);
      limit(anonymous(key), request, exchange);
      proxyUpgrade(request, socket, head, target(request, exchange, 'realtime', Infinity));
      log('info', 'websocket', { path: exchange.url.pathname, status: 101, request_id: exchange.id });
    } catch (error) {
      const refusal =
        error instanceof ApiError ? error : new ApiError(500, 'internal', 'Something went wrong on our side.');
      log('info', 'websocket', { path: exchange.url.pathname, status: refusal.status, request_id: exchange.id });
      endSocket(socket, refusal, exchange.id);
    }
  }

  function open(request: IncomingMessage): Exchange {
    const given = request.headers['x-request-id'];
    const id = typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID();
    const url = URL.canParse(request.url ?? '/', 'http://gateway')
      ? new URL(request.url ?? '/', 'http://gateway')
      : new URL('http://gateway/');
    return {
      id,
      url,
      address: clientAddress(request),
      service: servicePattern.exec(url.pathname)?.[1] as ServiceName | undefined,
      headers: {
        'x-request-id': id,
        'x-content-type-options': 'nosniff',
        ...corsHeaders(request.headers.origin, config.APP_URL),
      },
    };
  }

  function assertKey(caller: Caller, url: URL): void {
    if (caller.key !== 'none' || keylessPaths.some((pattern) => pattern.test(url.pathname))) return;
    throw new ApiError(401, 'api_key_missing', 'No API key found in request.', {
      hint: 'No `apikey` request header or url param was found.',
    });
  }

  function limit(caller: Caller, request: IncomingMessage, exchange: Exchange): void {
    if (caller.key === 'secret' && !caller.userId) return;
    const name = limitName(caller, request, exchange.url);
    const result = limiter.take(name, name === 'user' && caller.userId ? caller.userId : exchange.address);
    exchange.headers['x-ratelimit-limit'] = String(result.limit);
    exchange.headers['x-ratelimit-remaining'] = String(result.remaining);
    if (result.allowed) return;
    throw new ApiError(429, 'rate_limited', 'Too many requests.', {
      hint: `Try again in ${result.retryAfter} seconds.`,
      headers: { 'retry-after': String(result.retryAfter) },
    });
  }

  function target(request: IncomingMessage, exchange: Exchange, service: 'realtime' | 'functions', bodyLimit: number) {
    const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(', ');
    return {
      base: service === 'realtime' ? config.REALTIME_URL : config.FUNCTIONS_URL,
      name: service === 'realtime' ? 'Realtime' : 'Edge functions',
      path: exchange.url.pathname + exchange.url.search,
      headers: {
        'x-request-id': exchange.id,
        'x-forwarded-for': [forwarded, request.socket.remoteAddress ?? ''].filter(Boolean).join(', '),
        'x-forwarded-proto': 'http',
        'x-forwarded-host': request.headers.host ?? '',
      },
      bodyLimit,
    };
  }

  async function health(response: ServerResponse, exchange: Exchange): Promise<void> {
    const healthy = await handlers.healthy();
    response.writeHead(healthy ? 200 : 503, { ...exchange.headers, 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: healthy ? 'ok' : 'database_unavailable' }));
  }
}

function limitName(caller: Caller, request: IncomingMessage, url: URL): RateLimitName {
  const path = url.pathname.replace(/^\/auth\/v1/, '');
  if (path !== url.pathname) {
    if (/^\/(?:otp|magiclink|recover|resend|signup|verify|reauthenticate)$/.test(path)) return 'credential';
    if (path === '/authorize' || path === '/callback') return 'oauth';
    if (path === '/token') {
      const grant = url.searchParams.get('grant_type');
      return grant === 'refresh_token' ? 'refresh' : grant === 'pkce' ? 'oauth' : 'credential';
    }
    if (path === '/user' && request.method === 'PUT') return 'credential';
  }
  return caller.userId ? 'user' : 'anonymous';
}

function bodyLimitOf(service: ServiceName, url: URL): number {
  if (service === 'storage') return bodyLimits.storage;
  return url.pathname === campaignFilePath ? bodyLimits.campaignFile : bodyLimits.default;
}

function anonymous(key: Caller['key']): Caller {
  return { key, claims: { role: key === 'secret' ? 'service_role' : 'anon' } };
}

function isTokenError(error: unknown): boolean {
  return error instanceof ApiError && error.code.startsWith('PGRST');
}

import { createSecureContext } from 'node:tls';
import { type ChannelCredentials, type Client, credentials, Metadata } from '@grpc/grpc-js';
import { Connection } from './connection.ts';
import { GatewayError, type GatewayErrorContext } from './errors.ts';
import { authInterceptor, deadlineInterceptor, type GatewayLog, logInterceptor, requestIdKey } from './interceptors.ts';
import { type GatewayMethod, type GatewayMethodName, gatewayMethods } from './methods.ts';
import { retryRead } from './retry.ts';

/** PEM texts. The gateway checks the certificate, this side checks the gateway against `ca`. */
export interface GatewayTls {
  cert: string;
  key: string;
  ca: string;
}

export interface GatewayClientOptions {
  /** `host:port` */
  address: string;
  secret: string;
  /** Without it the connection is plain text. */
  tls?: GatewayTls;
  /** Told about every call at its end. */
  log?: GatewayLog;
}

export interface GatewayCallOptions {
  /** Sent along and kept in errors and logs; a new one when not given. */
  requestId?: string;
  /** Instead of the method's own, in milliseconds. */
  deadlineMs?: number;
}

type Call<Method> =
  Method extends GatewayMethod<infer Request, infer Answer>
    ? (request: Request, options?: GatewayCallOptions) => Promise<Answer>
    : never;

/** Every call as a method that resolves to the answer or throws a GatewayError. */
export type GatewayClient = { readonly [Name in GatewayMethodName]: Call<(typeof gatewayMethods)[Name]> } & {
  /** Lets running calls end and refuses new ones. */
  close(): void;
};

function channelCredentials(tls: GatewayTls | undefined): ChannelCredentials {
  if (!tls) return credentials.createInsecure();
  const [ca, key, cert] = [tls.ca, tls.key, tls.cert].map((pem) => Buffer.from(pem));
  return credentials.createFromSecureContext(createSecureContext({ ca, key, cert, minVersion: 'TLSv1.2' }));
}

/** Opens no connection before the first call. One client is meant to serve a whole process. */
export function createGatewayClient(options: GatewayClientOptions): GatewayClient {
  const connection = new Connection(options.address, channelCredentials(options.tls));
  const interceptors = [authInterceptor(options.secret), ...(options.log ? [logInterceptor(options.log)] : [])];

  function send<Request, Answer>(
    client: Client,
    method: GatewayMethod<Request, Answer>,
    request: Request,
    requestId: string,
    deadline: number | undefined,
  ): Promise<Answer> {
    const metadata = new Metadata();
    metadata.set(requestIdKey, requestId);
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        method.path,
        method.serialize,
        method.deserialize,
        request,
        metadata,
        { interceptors: [deadlineInterceptor(method.deadlineMs), ...interceptors], deadline },
        (error, answer) => (error ? reject(error) : resolve(answer as Answer)),
      );
    });
  }

  async function attempt<Request, Answer>(
    method: GatewayMethod<Request, Answer>,
    request: Request,
    context: GatewayErrorContext,
    deadline: number | undefined,
  ): Promise<Answer> {
    let client: Client;
    try {
      client = await connection.connected(deadline);
    } catch (thrown) {
      throw GatewayError.from(thrown, context);
    }
    try {
      return await send(client, method, request, context.requestId, deadline);
    } catch (thrown) {
      const error = GatewayError.from(thrown, { ...context, sent: true });
      // A read that got no answer may have met a connection whose other end is gone.
      if (error.code === 'gateway_timeout' && method.idempotentRead) connection.renew(client);
      throw error;
    }
  }

  function call<Request, Answer>(name: string, method: GatewayMethod<Request, Answer>) {
    return async (request: Request, { requestId, deadlineMs }: GatewayCallOptions = {}): Promise<Answer> => {
      const context = { method: name, requestId: requestId ?? crypto.randomUUID(), sent: false };
      if (!method.idempotentRead) {
        return attempt(method, request, context, deadlineMs === undefined ? undefined : Date.now() + deadlineMs);
      }
      const deadline = Date.now() + (deadlineMs ?? method.deadlineMs);
      return retryRead(() => attempt(method, request, context, deadline), isUnavailable, deadline);
    };
  }

  const calls = Object.entries(gatewayMethods).map(([name, method]) => [
    name,
    // Each entry keeps the types of its own messages; a list of all of them cannot.
    call(name, method as GatewayMethod<unknown, unknown>),
  ]);
  return { ...Object.fromEntries(calls), close: () => connection.close() } as GatewayClient;
}

function isUnavailable(thrown: unknown): thrown is GatewayError {
  return thrown instanceof GatewayError && thrown.code === 'gateway_unavailable';
}

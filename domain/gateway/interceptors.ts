import { type Interceptor, InterceptingCall, status } from '@grpc/grpc-js';

/** One finished call. Never a request or an answer: they may carry a bot token. */
export interface GatewayLogEntry {
  method: string;
  requestId: string;
  grpcCode: number;
  /** `status` by name, such as `UNAVAILABLE`. */
  grpcStatus: string;
  detail: string;
  durationMs: number;
}

export type GatewayLog = (entry: GatewayLogEntry) => void;

/** Metadata keys of every call. */
export const secretKey = 'x-mgmt-secret';
export const requestIdKey = 'x-request-id';

/** Adds the shared secret. */
export function authInterceptor(secret: string): Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start(metadata, listener, next) {
        metadata.set(secretKey, secret);
        next(metadata, listener);
      },
    });
}

/** Gives a call without a deadline this one: no call may wait for ever. */
export function deadlineInterceptor(defaultMs: number): Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall({ ...options, deadline: options.deadline ?? Date.now() + defaultMs }));
}

/** Reports every call at its end. */
export function logInterceptor(log: GatewayLog): Interceptor {
  return (options, nextCall) => {
    const started = performance.now();
    let requestId = '';
    return new InterceptingCall(nextCall(options), {
      start(metadata, _listener, next) {
        requestId = String(metadata.get(requestIdKey)[0] ?? '');
        next(metadata, {
          onReceiveStatus(end, pass) {
            log({
              method: options.method_definition.path,
              requestId,
              grpcCode: end.code,
              grpcStatus: status[end.code] ?? 'UNKNOWN',
              detail: end.details,
              durationMs: Math.round(performance.now() - started),
            });
            pass(end);
          },
        });
      },
    });
  };
}

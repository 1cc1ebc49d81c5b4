import type { GatewayError } from '../domain/gateway/mod.ts';

/** By name: the class would bring the whole gRPC library into every worker, also where no gateway is ever called. */
export function isGatewayError(thrown: unknown): thrown is GatewayError {
  return thrown instanceof Error && thrown.name === 'GatewayError';
}

import { createGatewayClient, type GatewayClient, gatewayOptions } from '../../domain/gateway/mod.ts';
import { AppError } from './app-error.ts';

/** The gateway's client, made once. Without an address there is no voice service, and that is said when one is needed. */
export function gatewayFrom(env: Record<string, string | undefined>): () => GatewayClient {
  if (!env['GLYPHOXA_GATEWAY_ADDR']) {
    return () => {
      throw new AppError('gateway_unavailable', 'No voice service is set up.', {
        hint: 'Ask the operator to set GLYPHOXA_GATEWAY_ADDR and GLYPHOXA_GATEWAY_SECRET.',
      });
    };
  }
  const gateway = createGatewayClient({
    ...gatewayOptions(env),
    log: ({ method, requestId, grpcStatus, detail, durationMs }) => {
      const line = `gateway ${method} ${grpcStatus} in ${durationMs} ms (request ${requestId})`;
      if (grpcStatus === 'OK') console.log(line);
      else console.warn(`${line}: ${detail}`);
    },
  });
  return () => gateway;
}

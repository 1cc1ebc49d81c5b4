import { createHash, timingSafeEqual } from 'node:crypto';
import { Server, status } from '@grpc/grpc-js';
import { managementService, sessionGatewayService, sessionWorkerService } from '../../../domain/gateway/contract.ts';
import type { Faults } from './faults.ts';
import type { Gateway } from './gateway.ts';
import { Listener } from './listener.ts';
import { managementHandlers } from './management-service.ts';
import { implementation, passingBytes, StatusError } from './wire.ts';
import { callbackHandlers, workerHandlers } from './worker-service.ts';

/** Compares in constant time. Only ManagementService asks for the secret. */
function authorizer(secret: string): (given: readonly (string | Buffer)[]) => void {
  const digest = (value: string | Buffer) => createHash('sha256').update(value).digest();
  const expected = digest(secret);
  return ([given]) => {
    if (given === undefined) throw new StatusError(status.UNAUTHENTICATED, 'missing management secret');
    if (!timingSafeEqual(digest(given), expected)) {
      throw new StatusError(status.UNAUTHENTICATED, 'invalid management secret');
    }
  };
}

/** The gateway's three services on one port, not yet open. */
export function createGrpcServer(
  gateway: Gateway,
  faults: Faults,
  { secret, host, port }: { secret: string; host: string; port: number },
): Listener {
  async function tenantOf(request: Record<string, unknown>): Promise<string | undefined> {
    const tenant = request.tenantId ?? request.id;
    if (typeof tenant === 'string') return tenant;
    const { sessionId } = request;
    return typeof sessionId === 'string' ? (await gateway.sessions.get(sessionId))?.tenantId : undefined;
  }

  const server = new Server();
  const open = { faults, tenantOf };
  const guarded = { ...open, authorize: authorizer(secret) };
  server.addService(
    passingBytes(managementService),
    implementation(
      managementService,
      managementHandlers(gateway, faults, () => listener),
      guarded,
    ),
  );
  server.addService(
    passingBytes(sessionWorkerService),
    implementation(sessionWorkerService, workerHandlers(gateway), open),
  );
  server.addService(
    passingBytes(sessionGatewayService),
    implementation(sessionGatewayService, callbackHandlers(gateway), open),
  );
  const listener = new Listener(server, host, port);
  return listener;
}

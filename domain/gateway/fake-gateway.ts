// The gateway's services in the test's own process, each method as the test wants it.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import {
  type Metadata,
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServiceDefinition,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { managementService, sessionWorkerService } from './contract.ts';

type Answer = (request: Record<string, unknown>, metadata: Metadata) => unknown;

export interface FakeGateway {
  address: string;
  port: number;
  /** Requests by method name, in order of arrival. */
  requests: { name: string; request: Record<string, unknown>; metadata: Metadata; deadlineMs: number }[];
  stop(): void;
}

/** Never answers. */
export const hang = () => new Promise<never>(() => undefined);

/** Thrown by a handler: becomes that status. */
export class Status extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Answers that are bytes already go out as they are. */
function passingBytes(service: ServiceDefinition): ServiceDefinition {
  const methods = Object.entries(service).map(([name, method]) => {
    const responseSerialize = (answer: unknown) =>
      Buffer.isBuffer(answer) ? answer : method.responseSerialize(answer);
    return [name, { ...method, responseSerialize }];
  });
  return Object.fromEntries(methods);
}

/** Starts it on `port`, or on a free one. Methods without a handler answer UNIMPLEMENTED. */
export async function startFakeGateway(
  handlers: Record<string, Answer>,
  { port = 0, credentials = ServerCredentials.createInsecure() } = {},
): Promise<FakeGateway> {
  const server = new Server();
  const requests: FakeGateway['requests'] = [];
  for (const service of [managementService, sessionWorkerService]) {
    const implementation: UntypedServiceImplementation = {};
    for (const name of Object.keys(service)) {
      const handler = handlers[name];
      if (!handler) continue;
      implementation[name] = (
        call: ServerUnaryCall<Record<string, unknown>, unknown>,
        reply: sendUnaryData<unknown>,
      ) => {
        const deadlineMs = Number(call.getDeadline()) - Date.now();
        requests.push({ name, request: call.request, metadata: call.metadata, deadlineMs });
        Promise.try(handler, call.request, call.metadata).then(
          (answer) => reply(null, answer),
          (error: unknown) => reply(error as Error),
        );
      };
    }
    server.addService(passingBytes(service), implementation);
  }
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, at) => (error ? reject(error) : resolve(at))),
  );
  return { address: `127.0.0.1:${bound}`, port: bound, requests, stop: () => server.forceShutdown() };
}

/** Stands before a gateway. `freeze` leaves the connections of now open, and lets nothing through them any more. */
export async function startProxy(port: number): Promise<{ address: string; freeze(): void; stop(): void }> {
  const pairs: [Socket, Socket][] = [];
  const server = createServer((inside) => {
    const outside = connect(port, '127.0.0.1');
    pairs.push([inside, outside]);
    inside.pipe(outside).pipe(inside);
    for (const socket of [inside, outside]) socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    freeze() {
      for (const [inside, outside] of pairs) {
        inside.unpipe(outside);
        outside.unpipe(inside);
      }
    },
    stop() {
      server.close();
      for (const socket of pairs.flat()) socket.destroy();
    },
  };
}

/** A port that nothing listens on. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

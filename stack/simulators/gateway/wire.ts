import {
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Faults } from './faults.ts';

/** An answer with a gRPC status. */
export class StatusError extends Error {
  readonly code: status;

  constructor(code: status, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a handler may know of a call besides its message. */
export interface CallContext {
  /** Aborted when the caller gives up or its connection breaks. */
  signal: AbortSignal;
  peer: string;
}

/** A service's methods: message in, message out. */
export type Handlers<Definition extends ServiceDefinition> = {
  [Method in keyof Definition as string extends Method ? never : number extends Method ? never : Method]: (
    request: Definition[Method] extends {
      responseSerialize: unknown;
      requestDeserialize: (bytes: Buffer) => infer Request;
    }
      ? Request
      : never,
    context: CallContext,
  ) => Promise<Definition[Method] extends { responseSerialize: (answer: infer Answer) => Buffer } ? Answer : never>;
};

/** No message of any service begins like this. */
const garbage = Buffer.from([0xff, 0xff, 0xff, 0xff]);

/** Bytes go out as they are. */
export function passingBytes(definition: ServiceDefinition): ServiceDefinition {
  const methods = Object.entries(definition).map(([name, method]) => {
    const responseSerialize = (answer: unknown) =>
      Buffer.isBuffer(answer) ? answer : method.responseSerialize(answer);
    return [name, { ...method, responseSerialize }];
  });
  return Object.fromEntries(methods);
}

export interface Guard {
  /** Throws when the caller may not. */
  authorize?: (secrets: readonly (string | Buffer)[]) => void;
  faults: Faults;
  /** Whose call it is; asked only while a fault is on. */
  tenantOf: (request: Record<string, unknown>) => Promise<string | undefined>;
}

/** Makes handlers into an implementation for grpc-js: secret first, then the faults that are on, then the handler. */
export function implementation(
  definition: ServiceDefinition,
  handlers: Record<string, (request: never, context: CallContext) => Promise<unknown>>,
  { authorize, faults, tenantOf }: Guard,
): UntypedServiceImplementation {
  async function answer(name: string, call: ServerUnaryCall<Record<string, unknown>, unknown>): Promise<unknown> {
    authorize?.(call.metadata.get('x-mgmt-secret'));
    const on = faults.none ? {} : faults.of(await tenantOf(call.request));
    const [, service = ''] = definition[name]?.path.split('/') ?? [];
    if (on.unimplemented?.some((missing) => missing === name || service.endsWith(`.${missing}`))) {
      throw new StatusError(status.UNIMPLEMENTED, `unknown method ${name} for service ${service}`);
    }
    const caller = new AbortController();
    call.once('cancelled', () => caller.abort());
    const result = await handlers[name]?.(call.request as never, { signal: caller.signal, peer: call.getPeer() });
    return on.badProto ? garbage : result;
  }

  const methods = Object.keys(handlers).map((name) => [
    name,
    (call: ServerUnaryCall<Record<string, unknown>, unknown>, reply: sendUnaryData<unknown>) => {
      answer(name, call).then(
        (result) => reply(null, result),
        (error: unknown) => reply(toStatus(error)),
      );
    },
  ]);
  return Object.fromEntries(methods);
}

function toStatus(error: unknown): { code: status; details: string } {
  if (error instanceof StatusError) return { code: error.code, details: error.message };
  console.error(error);
  return { code: status.UNKNOWN, details: 'panic' };
}

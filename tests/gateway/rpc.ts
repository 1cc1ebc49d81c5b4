// Calls the gateway by what proto/ says, without the product's client.
import { join } from 'node:path';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import { stackVariable } from '../lib/environment.ts';

const contract = loadSync(['glyphoxa/v1/management.proto', 'glyphoxa/v1/session.proto'], {
  includeDirs: [join(import.meta.dirname, '../../proto')],
  longs: String,
  enums: String,
  defaults: true,
});

export type Message = Record<string, unknown>;

export interface CallOptions {
  /** Null sends none. */
  secret?: string | null;
  deadlineMs?: number;
}

/** One connection, opened by the first call. Calls go as `ManagementService/GetTenant`. */
export class Rpc {
  readonly #client: Client;

  /** Without an address: the stack's gateway. */
  constructor(address = stackVariable('GLYPHOXA_GATEWAY_ADDR')) {
    this.#client = new Client(address, credentials.createInsecure(), {
      // A connection of its own, and found again at once when it broke.
      'grpc.use_local_subchannel_pool': 1,
      'grpc.initial_reconnect_backoff_ms': 50,
      'grpc.max_reconnect_backoff_ms': 100,
    });
  }

  call<Answer = Message>(method: string, request: Message = {}, options: CallOptions = {}): Promise<Answer> {
    const [service = '', name = ''] = method.split('/');
    const definition = (
      contract[`glyphoxa.v1.${service}`] as unknown as Record<string, MethodDefinition<Message, Answer>>
    )[name]!;
    const metadata = new Metadata();
    const secret = options.secret === undefined ? stackVariable('GLYPHOXA_GATEWAY_SECRET') : options.secret;
    if (secret !== null) metadata.set('x-mgmt-secret', secret);
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        definition.path,
        definition.requestSerialize,
        definition.responseDeserialize as (bytes: Buffer) => Answer,
        request,
        metadata,
        { deadline: Date.now() + (options.deadlineMs ?? 10_000) },
        (error, answer) => (error ? reject(error) : resolve(answer!)),
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}

/** Status and words of a call that must fail. */
export async function refusal(call: Promise<unknown>): Promise<{ code: number; details: string }> {
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    const { code, details } = error as ServiceError;
    return { code, details };
  }
  throw new Error(`Expected a refusal, got ${JSON.stringify(answer)}`);
}

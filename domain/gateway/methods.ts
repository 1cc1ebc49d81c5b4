import type { MethodDefinition } from '@grpc/proto-loader';
import { managementService, sessionWorkerService } from './contract.ts';

/** How one call is made. `Request` and `Answer` are only types. */
export interface GatewayMethod<Request, Answer> {
  path: string;
  serialize: (request: Request) => Buffer;
  deserialize: (bytes: Buffer) => Answer;
  /** From the connected state to the answer. Connecting has a limit of its own, in connection.ts. */
  deadlineMs: number;
  /** Safe to send again when it is unknown whether it arrived. */
  idempotentRead: boolean;
}

/** Fields that name what a call is about. Protobuf makes every field optional; leaving one of these out is always a mistake. */
type Identifying = 'id' | 'tenantId' | 'sessionId' | 'guildId' | 'channelId' | 'npcName' | 'text';
type Strict<Request> = Request & {
  [Field in keyof Request as Field extends Identifying ? Field : never]-?: NonNullable<Request[Field]>;
};

type Definition<In, Out, InRead, OutRead> = MethodDefinition<In, Out, InRead, OutRead>;

function method<In, Out, InRead, OutRead>(
  definition: Definition<In, Out, InRead, OutRead>,
  deadlineMs: number,
  idempotentRead: boolean,
): GatewayMethod<Strict<In>, OutRead> {
  const { path, requestSerialize, responseDeserialize } = definition;
  return { path, serialize: requestSerialize, deserialize: responseDeserialize, deadlineMs, idempotentRead };
}

/** A read answers from the gateway's memory or one query: what takes longer is as good as down. Includes its retries. */
const read = <In, Out, InRead, OutRead>(definition: Definition<In, Out, InRead, OutRead>) =>
  method(definition, 2_500, true);

const change = <In, Out, InRead, OutRead>(definition: Definition<In, Out, InRead, OutRead>, deadlineMs: number) =>
  method(definition, deadlineMs, false);

/** The bot reconnects to Discord before the answer comes. */
const botMs = 10_000;
/** The gateway gives the worker 120 s to appear; giving up before it does would leave a session that nobody asked for. */
const startMs = 130_000;
/** The worker has 5 s to say goodbye, then its job is deleted. */
const stopMs = 15_000;
const npcMs = 5_000;

/** Every call that the management plane makes. Workers are started and stopped by the gateway alone. */
export const gatewayMethods = {
  createTenant: change(managementService.CreateTenant, botMs),
  getTenant: read(managementService.GetTenant),
  listTenants: read(managementService.ListTenants),
  updateTenant: change(managementService.UpdateTenant, botMs),
  deleteTenant: change(managementService.DeleteTenant, botMs),
  startWebSession: change(managementService.StartWebSession, startMs),
  stopWebSession: change(managementService.StopWebSession, stopMs),
  listActiveSessions: read(managementService.ListActiveSessions),
  getUsage: read(managementService.GetUsage),
  getBotStatus: read(managementService.GetBotStatus),
  getStatus: read(sessionWorkerService.GetStatus),
  listNPCs: read(sessionWorkerService.ListNPCs),
  muteNPC: change(sessionWorkerService.MuteNPC, npcMs),
  unmuteNPC: change(sessionWorkerService.UnmuteNPC, npcMs),
  muteAllNPCs: change(sessionWorkerService.MuteAllNPCs, npcMs),
  unmuteAllNPCs: change(sessionWorkerService.UnmuteAllNPCs, npcMs),
  speakNPC: change(sessionWorkerService.SpeakNPC, npcMs),
} as const;

export type GatewayMethodName = keyof typeof gatewayMethods;

import { status } from '@grpc/grpc-js';
import type { SessionGatewayServiceDefinition } from '../../../domain/gateway/generated/glyphoxa/v1/SessionGatewayService.ts';
import type { SessionWorkerServiceDefinition } from '../../../domain/gateway/generated/glyphoxa/v1/SessionWorkerService.ts';
import { dateTimestamp } from '../../../domain/gateway/timestamp.ts';
import { errorText } from './database.ts';
import type { Gateway } from './gateway.ts';
import { type Handlers, StatusError } from './wire.ts';
import type { Worker } from './worker.ts';

/** States of the rows as the contract names them. */
export const sessionStates = {
  pending: 'SESSION_STATE_PENDING',
  active: 'SESSION_STATE_ACTIVE',
  ended: 'SESSION_STATE_ENDED',
} as const;

type WorkerHandlers = Omit<Handlers<SessionWorkerServiceDefinition>, 'StartSession' | 'StopSession'>;

/** NPC control. StartSession and StopSession are between the gateway and its workers and are not served here. */
export function workerHandlers({ bots }: Gateway): WorkerHandlers {
  function running(sessionId: string): Worker {
    const worker = bots.worker(sessionId);
    if (worker?.alive) return worker;
    throw new StatusError(status.NOT_FOUND, `session "${sessionId}" not found`);
  }

  function found(known: boolean, npcName: string): void {
    if (!known) throw new StatusError(status.NOT_FOUND, `npc "${npcName}" not found`);
  }

  return {
    async GetStatus({ sessionId }) {
      const workers = sessionId === '' ? bots.workers : [running(sessionId)];
      return {
        sessions: workers
          .filter(({ alive }) => alive)
          .map(({ options, startedAt }) => ({
            sessionId: options.sessionId,
            state: sessionStates.active,
            startedAt: dateTimestamp(startedAt),
          })),
      };
    },
    async ListNPCs({ sessionId }) {
      return { npcs: running(sessionId).npcs };
    },
    async MuteNPC({ sessionId, npcName }) {
      found(running(sessionId).mute(npcName, true), npcName);
      return {};
    },
    async UnmuteNPC({ sessionId, npcName }) {
      found(running(sessionId).mute(npcName, false), npcName);
      return {};
    },
    async MuteAllNPCs({ sessionId }) {
      return { count: running(sessionId).muteAll(true) };
    },
    async UnmuteAllNPCs({ sessionId }) {
      return { count: running(sessionId).muteAll(false) };
    },
    async SpeakNPC({ sessionId, npcName, text }) {
      if (text === '') throw new StatusError(status.INVALID_ARGUMENT, 'text is required');
      found(running(sessionId).speak(npcName, text), npcName);
      return {};
    },
  };
}

/** What workers report. */
export function callbackHandlers(gateway: Gateway): Handlers<SessionGatewayServiceDefinition> {
  async function internal<Result>(step: () => Promise<Result>): Promise<Result> {
    try {
      return await step();
    } catch (error) {
      throw new StatusError(status.INTERNAL, errorText(error));
    }
  }

  return {
    async ReportState({ sessionId, state, error }) {
      const [row] = Object.entries(sessionStates).find(([, name]) => name === state) ?? [];
      if (row === undefined) throw new StatusError(status.INVALID_ARGUMENT, `unknown session state: ${state}`);
      await internal(() => gateway.reportState(sessionId, row as keyof typeof sessionStates, error));
      return {};
    },
    async Heartbeat({ sessionId }) {
      await internal(() => gateway.heartbeat(sessionId));
      return {};
    },
  };
}

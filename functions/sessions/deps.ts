import type { GatewayClient } from '../../domain/gateway/mod.ts';
import type { Call } from '../_shared/http.ts';
import type { MgmtClient } from '../_shared/supabase.ts';

export interface SessionsDeps {
  /** Throws when no gateway is configured. */
  gateway: () => GatewayClient;
  userClient: (call: Call) => MgmtClient;
  /** `call`: whom the write is made for. */
  serviceClient: (call?: Call) => MgmtClient;
  /** Lets a promise go on after the answer. */
  waitUntil: (promise: Promise<unknown>) => void;
  timing: Timing;
}

/** All in milliseconds. */
export interface Timing {
  /** A start and a stop are answered by then, done or not; people wait three seconds at most. */
  answer: number;
  /** Asking whether the bot is connected, before a start. */
  botStatus: number;
  /** How long a start may take to be refused before the first look at the row. */
  firstLook: number;
  /** Between two looks at the row of a request. */
  look: number;
  /** How long a start whose answer was lost is looked for before it counts as failed. */
  reconcile: number;
}

export const defaultTiming: Timing = { answer: 2_500, botStatus: 1_800, firstLook: 600, look: 250, reconcile: 10_000 };

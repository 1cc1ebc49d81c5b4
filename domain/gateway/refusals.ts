import type { GatewayErrorCode } from './errors.ts';

/** The gateway answers every refused start with INTERNAL and the wrapped error; these are the reasons that have a code here. */
const reasons: readonly (readonly [RegExp, GatewayErrorCode])[] = [
  [/"unique_active_campaign"/, 'campaign_busy'],
  [/"idx_one_active_session_per_guild(_dedicated)?"/, 'guild_busy'],
  [/session already active for guild/, 'guild_busy'],
  [/"idx_one_active_session_shared"/, 'concurrent_limit'],
  [/voice permission check/, 'channel_forbidden'],
  [/no NPCs configured/i, 'no_npcs'],
];

export function refusalCode(detail: string): GatewayErrorCode {
  return reasons.find(([pattern]) => pattern.test(detail))?.[1] ?? 'gateway_refused';
}

/** A refusal of the database inside the gateway's words. */
export interface DatabaseRefusal {
  /** What the database said. Written for a person when `sqlState` begins with PT: then our own session gate said it. */
  message: string;
  sqlState: string;
}

/** Finds `ERROR: <message> (SQLSTATE <code>)` in what the gateway said. Detail and hint of the error do not come through. */
export function databaseRefusal(detail: string): DatabaseRefusal | undefined {
  const match = /ERROR: (?<message>.*) \(SQLSTATE (?<sqlState>[0-9A-Z]{5})\)/s.exec(detail);
  const { message, sqlState } = match?.groups ?? {};
  return message === undefined || sqlState === undefined ? undefined : { message, sqlState };
}

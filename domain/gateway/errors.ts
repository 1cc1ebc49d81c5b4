import { status } from '@grpc/grpc-js';
import type { ErrorCode } from '../errors.ts';
import { refusalCode } from './refusals.ts';

/**
 * What is known about a call that failed.
 * - `not_sent`: the gateway was never reached, nothing happened.
 * - `refused`: the gateway answered with an error, nothing was left behind but what it says itself.
 * - `unknown`: the answer was lost or unreadable; whether it happened can be read from the rows or ListActiveSessions.
 */
export type Outcome = 'not_sent' | 'refused' | 'unknown';

export interface GatewayErrorContext {
  /** Name of the client's method. */
  method: string;
  requestId: string;
  /** False while connecting. */
  sent: boolean;
}

const messages = {
  gateway_unavailable: 'The voice service does not answer.',
  gateway_timeout: 'The voice service has not answered in time.',
  gateway_unsupported: 'This voice service cannot do that.',
  gateway_refused: 'The voice service refused.',
  bot_disconnected: 'The bot is not connected to Discord.',
  not_found: 'The voice service does not know that.',
  conflict: 'The voice service already has that.',
  campaign_busy: 'A session of this campaign is already running.',
  guild_busy: 'A session is already running on this Discord server.',
  concurrent_limit: 'Another session is already running.',
  channel_forbidden: 'The bot may not join that voice channel.',
  no_npcs: 'The campaign has no NPCs to play.',
} as const satisfies Partial<Record<ErrorCode, string>>;

export type GatewayErrorCode = keyof typeof messages;

/** The one error of the gateway client. `message` may be shown; `detail` and `cause` are for logs only. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: GatewayErrorCode;
  /** Numeric gRPC status; undefined when no call was made. */
  readonly grpcCode: number | undefined;
  /** What the gateway said, with SQL and all. Never for a person, except what `refusal` takes out of it. */
  readonly detail: string;
  readonly outcome: Outcome;
  readonly method: string;
  readonly requestId: string;

  constructor(
    code: GatewayErrorCode,
    context: GatewayErrorContext,
    fields: { grpcCode?: number; detail: string; outcome: Outcome; cause?: unknown },
  ) {
    super(messages[code], { cause: fields.cause });
    this.code = code;
    this.grpcCode = fields.grpcCode;
    this.detail = fields.detail;
    this.outcome = fields.outcome;
    this.method = context.method;
    this.requestId = context.requestId;
  }

  /** Turns whatever a call threw into a GatewayError. */
  static from(thrown: unknown, context: GatewayErrorContext): GatewayError {
    if (thrown instanceof GatewayError) return thrown;
    if (!isServiceError(thrown)) {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      const outcome = context.sent ? 'unknown' : 'not_sent';
      return new GatewayError('gateway_refused', context, { detail, outcome, cause: thrown });
    }
    const { code: grpcCode, details: detail } = thrown;
    const { code, outcome } = translate(grpcCode, detail);
    return new GatewayError(code, context, {
      grpcCode,
      detail,
      outcome: context.sent ? outcome : 'not_sent',
      cause: thrown,
    });
  }
}

function isServiceError(value: unknown): value is { code: number; details: string } {
  return (
    value instanceof Error &&
    'code' in value &&
    typeof value.code === 'number' &&
    'details' in value &&
    typeof value.details === 'string'
  );
}

/** grpc-js makes these itself, where a status from the gateway would carry the gateway's own words. */
const lostAnswer = /^(Received RST_STREAM|Connection dropped|Call ended without gRPC status)/;
const unreadableAnswer =
  /^(Error deserializing|Response message parsing error|Received message larger than max|Unhandled)/;

function translate(grpcCode: number, detail: string): { code: GatewayErrorCode; outcome: Outcome } {
  if (unreadableAnswer.test(detail)) return { code: 'gateway_refused', outcome: 'unknown' };
  if (lostAnswer.test(detail)) return { code: 'gateway_unavailable', outcome: 'unknown' };
  switch (grpcCode) {
    case status.UNAVAILABLE:
      // Its own UNAVAILABLE cannot be told from a proxy's or a dying connection's: assume the worse.
      return { code: 'gateway_unavailable', outcome: 'unknown' };
    case status.CANCELLED:
      return { code: 'gateway_unavailable', outcome: 'unknown' };
    case status.DEADLINE_EXCEEDED:
      return { code: 'gateway_timeout', outcome: 'unknown' };
    case status.UNIMPLEMENTED:
      return { code: 'gateway_unsupported', outcome: 'refused' };
    case status.NOT_FOUND:
      return { code: 'not_found', outcome: 'refused' };
    case status.FAILED_PRECONDITION:
      return { code: 'bot_disconnected', outcome: 'refused' };
    case status.ALREADY_EXISTS:
      return { code: 'conflict', outcome: 'refused' };
    case status.INTERNAL:
      return { code: refusalCode(detail), outcome: 'refused' };
    default:
      return { code: 'gateway_refused', outcome: 'refused' };
  }
}

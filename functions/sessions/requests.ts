import { z } from 'zod';
import { callFunction, type MgmtClient, rowsOf } from '../_shared/supabase.ts';
import type { AppError } from '../_shared/app-error.ts';

/** A start from the click to its end. */
export const sessionRequest = z.object({
  id: z.string(),
  tenant_id: z.string(),
  campaign_id: z.string(),
  guild_id: z.string(),
  channel_id: z.string(),
  state: z.enum(['asked', 'accepted', 'failed']),
  session_id: z.string().nullable(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
});

export type SessionRequest = z.output<typeof sessionRequest>;

export interface StartInput {
  campaign_id: string;
  guild_id: string;
  channel_id: string;
  idempotency_key: string;
}

/** As the user: every check a person can understand, then the row. The same key gives the same row. */
export function requestSession(user: MgmtClient, input: StartInput): Promise<SessionRequest> {
  return callFunction(user, 'request_session', { ...input }, sessionRequest);
}

/** As the user; what nobody carries any more comes back as failed. */
export function followRequest(user: MgmtClient, id: string): Promise<SessionRequest> {
  return callFunction(user, 'session_request', { request: id }, sessionRequest);
}

/** As the service role. */
export async function readRequest(service: MgmtClient, id: string): Promise<SessionRequest> {
  const result = await service.from('session_requests').select('*').eq('id', id);
  const [request] = rowsOf(result, sessionRequest);
  if (!request) throw new Error(`Session request ${id} is gone.`);
  return request;
}

/** True for the one call that may take this request to the gateway, however often it was sent. */
export function claimRequest(service: MgmtClient, id: string): Promise<boolean> {
  return callFunction(service, 'claim_session_request', { request: id }, z.boolean());
}

export function settleAccepted(service: MgmtClient, id: string, sessionId: string): Promise<SessionRequest> {
  const args = { request: id, session_id: sessionId, error_code: null, error_message: null };
  return callFunction(service, 'session_request_settled', args, sessionRequest);
}

/** A request that a session has linked itself to meanwhile stays accepted: the row that comes back is the truth. */
export function settleFailed(service: MgmtClient, id: string, error: AppError): Promise<SessionRequest> {
  const args = { request: id, session_id: null, error_code: error.code, error_message: error.message };
  return callFunction(service, 'session_request_settled', args, sessionRequest);
}

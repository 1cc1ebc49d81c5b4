import { z } from 'zod';
import { GatewayError } from '../../domain/gateway/mod.ts';
import { AppError } from '../_shared/app-error.ts';
import { describe } from '../_shared/errors.ts';
import type { Call } from '../_shared/http.ts';
import { callFunction, type MgmtClient, rowsOf } from '../_shared/supabase.ts';
import type { SessionsDeps } from './deps.ts';
import { sleep } from './sleep.ts';

const controlled = z.object({ id: z.string(), tenant_id: z.string(), campaign_id: z.string(), state: z.string() });

/** Proves, as the user, that the session is theirs and may be controlled. The gateway checks no tenant, so this comes before every call. */
export function controlSession(user: MgmtClient, session: string): Promise<z.output<typeof controlled>> {
  return callFunction(user, 'session_control', { session }, controlled);
}

/**
 * POST /:id/stop. 202 says that the gateway was told, never that the session has ended: the row says that. A gateway that is slow
 * to answer goes on being waited for after the answer.
 */
export async function stopSession(deps: SessionsDeps, call: Call): Promise<Response> {
  const { id } = await controlSession(deps.userClient(call), call.param('id'));
  const told = deps
    .gateway()
    .stopWebSession({ sessionId: id }, { requestId: call.requestId })
    .then(
      () => undefined,
      (thrown: unknown) => stopFailure(thrown),
    );
  deps.waitUntil(told);
  const failure = await Promise.race([told, sleep(deps.timing.answer)]);
  if (failure) throw failure;
  return Response.json({ session_id: id, state: 'ending' }, { status: 202 });
}

function stopFailure(thrown: unknown): unknown {
  console.warn(`stop failed: ${describe(thrown)}`);
  if (!(thrown instanceof GatewayError) || thrown.code !== 'not_found') return thrown;
  return new AppError('not_found', 'The voice service does not know this session any more.', {
    hint: 'It ends by itself within a minute. If the bot still speaks, disconnect it from the channel in Discord.',
    cause: thrown,
  });
}

const statusColumns =
  'id, campaign_id, guild_id, channel_id, state, error, started_at, activated_at, ended_at, last_heartbeat, is_lost';
const sessionRow = z.looseObject({ id: z.string(), tenant_id: z.string(), state: z.string() });

/** GET /:id/status. For everyone who may read the session; a gateway that does not answer is part of the answer. */
export async function sessionStatus(deps: SessionsDeps, call: Call): Promise<Response> {
  const user = deps.userClient(call);
  const result = await user.from('sessions').select(`tenant_id, ${statusColumns}`).eq('id', call.param('id'));
  const [row] = rowsOf(result, sessionRow);
  if (!row) throw new AppError('not_found', 'There is no such session.');
  const { tenant_id: tenantId, ...session } = row;
  try {
    const { sessions } = await deps.gateway().listActiveSessions({ tenantId }, { requestId: call.requestId });
    const active = sessions.some((one) => one.sessionId === session.id);
    return Response.json({ session, gateway: { reachable: true, active } });
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) && !(thrown instanceof AppError)) throw thrown;
    console.warn(`gateway status: ${describe(thrown)}`);
    return Response.json({ session, gateway: { reachable: false, active: false } });
  }
}

import { z } from 'zod';
import { isGatewayError } from '../gateway-error.ts';
import type { GatewayClient } from '../../domain/gateway/mod.ts';
import { defineJob, quick } from './job.ts';

/** A gateway that is away must not hold the job for long: there may be a hundred sessions to ask about. */
const deadlineMs = 3_000;

/** Sessions without a sign of life are told of, and starts that nobody settled are given up. Nothing is ended here. */
export const sessionReap = defineJob({
  name: 'session.reap',
  schedule: '* * * * *',
  payload: z.object({}),
  options: { ...quick, retries: 1 },
  async handle(_payload, { db, gateway }) {
    const lost = await db.query<{ session_id: string; tenant_id: string }>('select * from private.lost_sessions()');
    const said = lost.length > 0 ? await askGateway(await gateway(), new Set(lost.map((one) => one.tenant_id))) : null;
    let told = 0;
    for (const { session_id: id, tenant_id: tenant } of lost) {
      const playing = said?.get(tenant);
      const gatewaySays = !playing ? 'unreachable' : playing.has(id) ? 'playing' : 'silent';
      const [row] = await db.query<{ told: boolean }>('select private.report_lost_session($1, $2) as told', [
        id,
        gatewaySays,
      ]);
      if (row?.told) told += 1;
    }
    const [given] = await db.query<{ up: number }>('select private.give_up_requests() as up');
    return { lost: lost.length, told, requests: given?.up };
  },
});

/** What the gateway believes to play, per tenant; a tenant is missing when it did not answer. */
async function askGateway(client: GatewayClient | null, tenants: Set<string>): Promise<Map<string, Set<string>>> {
  const answers = new Map<string, Set<string>>();
  if (!client) return answers;
  for (const tenantId of tenants) {
    try {
      const { sessions } = await client.listActiveSessions({ tenantId }, { deadlineMs });
      answers.set(tenantId, new Set(sessions.map(({ sessionId }) => sessionId)));
    } catch (thrown) {
      if (!isGatewayError(thrown)) throw thrown;
      // It does not answer for one, so it would not for the others.
      return answers;
    }
  }
  return answers;
}

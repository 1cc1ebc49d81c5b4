import { z } from 'zod';
import { isGatewayError } from '../gateway-error.ts';
import { defineJob, quick } from './job.ts';
import { sessionPayload } from './session-warn.ts';

/**
 * Ends a session that has reached its longest time, in order, through the gateway. It is over when its row says so: until then the
 * job wants itself again, also when the gateway refuses or is away, so that this never becomes a dead letter.
 */
export const sessionStop = defineJob({
  name: 'session.stop',
  payload: sessionPayload.extend({ asked: z.number().int().default(0) }),
  options: quick,
  async handle({ session_id: id, hours, asked }, { db, gateway, log }) {
    const [row] = await db.query<{ outcome: string }>('select private.session_to_stop($1, $2) as outcome', [id, hours]);
    if (row?.outcome !== 'due') return { outcome: row?.outcome };
    const client = await gateway();
    // Without a gateway to ask, its own limit ends the session.
    if (!client) return { outcome: 'no gateway' };
    try {
      await client.stopWebSession({ sessionId: id });
    } catch (thrown) {
      if (!isGatewayError(thrown)) throw thrown;
      log.warn('the gateway did not stop a session', { session: id, code: thrown.code, detail: thrown.detail });
    }
    const [after] = await db.query<{ outcome: string }>('select private.session_stop_asked($1, $2, $3) as outcome', [
      id,
      hours,
      asked + 1,
    ]);
    return { outcome: after?.outcome, asked: asked + 1 };
  },
});

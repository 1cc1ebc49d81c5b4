import { z } from 'zod';
import { defineJob, quick } from './job.ts';

interface OpenRequest {
  tenant_id: string;
  campaign_id: string;
  guild_id: string;
  session_id: string | null;
}

/**
 * A start whose carrier died is settled by what became of it: the session's row, or what the gateway says is playing. It is not
 * started again here: its person gave up minutes ago, and a bot that joins by itself would be worse than a failure that says so.
 */
export const sessionStart = defineJob({
  name: 'session.start',
  payload: z.object({ request_id: z.uuid() }),
  // The page may wait for it: when the gateway is away, the last try is a minute later.
  options: { ...quick, retries: 3, longestDelay: 30 },
  async handle({ request_id: id }, { db, gateway }) {
    const [row] = await db.query<{ request: OpenRequest | null }>('select private.open_request($1) as request', [id]);
    const request = row?.request;
    if (!request) return { outcome: 'settled' };
    let session = request.session_id;
    if (!session) {
      const client = await gateway();
      const answer = await client?.listActiveSessions({ tenantId: request.tenant_id }, { deadlineMs: 5_000 });
      session =
        answer?.sessions.find((one) => one.campaignId === request.campaign_id && one.guildId === request.guild_id)
          ?.sessionId ?? null;
    }
    const failure = session ? [null, null] : ['gateway_timeout', 'The voice service has not answered this start.'];
    await db.query('select mgmt.session_request_settled($1, $2, $3, $4)', [id, session, ...failure]);
    return { outcome: session ? 'accepted' : 'failed' };
  },
});

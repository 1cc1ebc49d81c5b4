import { z } from 'zod';
import { defineJob, quick } from './job.ts';

export const sessionPayload = z.object({
  session_id: z.string(),
  /** Hours that the plan allowed when the session began; null: no limit. */
  hours: z.number().nullable(),
});

/** Five minutes before a session reaches its longest time. */
export const sessionWarn = defineJob({
  name: 'session.warn',
  payload: sessionPayload,
  options: quick,
  async handle({ session_id: id, hours }, { db }) {
    const [row] = await db.query<{ outcome: string }>('select private.warn_session($1, $2) as outcome', [id, hours]);
    return { outcome: row?.outcome };
  },
});

import { z } from 'zod';
import { defineJob, quick } from './job.ts';

/** What a session cost, once it has ended. */
export const usageMeter = defineJob({
  name: 'usage.meter',
  payload: z.object({ session_id: z.string() }),
  options: quick,
  async handle({ session_id: id }, { db }) {
    const [row] = await db.query<{ metered: boolean }>('select private.meter_session($1) as metered', [id]);
    return { metered: row?.metered };
  },
});

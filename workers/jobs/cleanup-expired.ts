import { z } from 'zod';
import { defineJob, quick } from './job.ts';

/** Empties the bin, removes what has been over for long, and meters sessions that no job of their own metered. */
export const cleanupExpired = defineJob({
  name: 'cleanup.expired',
  schedule: '40 3 * * *',
  payload: z.object({}),
  options: quick,
  async handle(_payload, { db }) {
    const [row] = await db.query<{ removed: object }>('select private.clean_up() as removed');
    const [usage] = await db.query<{ metered: number }>('select private.meter_missed() as metered');
    return { removed: row?.removed, metered: usage?.metered };
  },
});

import { z } from 'zod';
import { defineJob, quick } from './job.ts';

/** Tells Owners of licensed tables what of their license ends when. Features end by the clock, whether this ran or not. */
export const licenseCheck = defineJob({
  name: 'license.check',
  schedule: '20 3 * * *',
  // A self-hosted installation may run for less than a day at a time.
  atStart: true,
  payload: z.object({}),
  options: quick,
  async handle(_payload, { db }) {
    const [row] = await db.query<{ told: number }>('select private.check_license() as told');
    return { told: row?.told };
  },
});

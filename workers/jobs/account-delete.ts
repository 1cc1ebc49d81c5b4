import { z } from 'zod';
import { defineJob, type JobOptions } from './job.ts';

/** Long transcripts take their time: lines of many sessions get another name. */
const options: JobOptions = { retries: 12, delay: 10, longestDelay: 21_600, timeout: 600 };

/** The rest of mgmt.delete_account(): takes the person out of what stays with others. */
export const accountDelete = defineJob({
  name: 'account.delete',
  payload: z.object({ user_id: z.uuid() }),
  options,
  async handle({ user_id: user }, { db }) {
    const [row] = await db.query<{ purged: object | null }>('select private.purge_account($1) as purged', [user]);
    return row?.purged ?? { skipped: 'purged before' };
  },
});

import { z } from 'zod';
import { removeFiles, type StoredFile } from './files.ts';
import { defineJob, patient } from './job.ts';

/**
 * Empties the bins, with the files of recordings, removes what has been over for long, and meters sessions that no job of their own
 * metered.
 */
export const cleanupExpired = defineJob({
  name: 'cleanup.expired',
  schedule: '40 3 * * *',
  payload: z.object({}),
  options: patient,
  async handle(_payload, deps) {
    const { db } = deps;
    await removeFiles(await db.query<StoredFile>('select bucket, name from private.recordings_to_purge()'), deps);
    const [bins] = await db.query<{ purged: number }>('select private.purge_bins() as purged');
    const [row] = await db.query<{ removed: object }>('select private.clean_up() as removed');
    const [usage] = await db.query<{ metered: number }>('select private.meter_missed() as metered');
    return { purged: bins?.purged, removed: row?.removed, metered: usage?.metered };
  },
});

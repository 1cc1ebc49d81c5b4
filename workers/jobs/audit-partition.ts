import { z } from 'zod';
import { defineJob, quick } from './job.ts';

/** Makes the audit log's months ahead. */
export const auditPartition = defineJob({
  name: 'audit.partition',
  schedule: '10 3 * * *',
  payload: z.object({}),
  options: quick,
  async handle(_payload, { db }) {
    const [row] = await db.query<{ made: number }>('select private.make_audit_partitions() as made');
    return { made: row?.made };
  },
});

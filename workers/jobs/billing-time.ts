import { z } from 'zod';
import { defineJob, type JobDefinition, quick } from './job.ts';

/** What the clock has made true is written down; the session gate knew it already. Each is one SQL function that may run again. */
function byTheClock(name: string, schedule: string, call: string): JobDefinition {
  return defineJob({
    name,
    schedule,
    payload: z.object({}),
    options: quick,
    async handle(_payload, { db }) {
      const [row] = await db.query<{ changed: number }>(`select ${call} as changed`);
      return { changed: row?.changed };
    },
  });
}

export const trialExpire = byTheClock('trial.expire', '*/10 * * * *', 'private.expire_trials()');
export const graceSuspend = byTheClock('grace.suspend', '3-59/10 * * * *', 'private.suspend_overdue()');
export const subscriptionRoll = byTheClock('subscription.roll', '6-59/10 * * * *', 'private.roll_periods()');

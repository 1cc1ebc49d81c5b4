import { z } from 'zod';
import { composeMail } from '../notifications/compose.ts';
import { noticeSchema } from '../notifications/notice.ts';
import { defineJob, patient } from './job.ts';

/**
 * One mail per notification. That it was sent is kept with the job's end; a worker that dies in between sends it again under the same
 * Message-ID, which mail servers drop.
 */
export const notifyEmail = defineJob({
  name: 'notify.email',
  payload: z.object({ notification_id: z.uuid() }),
  options: patient,
  async handle({ notification_id: id }, { db, mail, appUrl }) {
    const [row] = await db.query<{ notice: unknown }>(`select private.notification_to_send($1, 'mail') as notice`, [
      id,
    ]);
    if (!row?.notice) return { skipped: 'sent before, or its person has left' };
    const notice = noticeSchema.parse(row.notice);
    const mailer = await mail();
    const skipped = !mailer ? 'no mail server' : !notice.email_verified ? 'address not confirmed' : undefined;
    if (mailer && notice.email && !skipped) {
      await mailer.send({ ...composeMail(notice, appUrl), to: notice.email, id: `notification.${id}` });
    }
    await db.query('select private.notification_sent($1, $2, $3)', [id, 'mail', skipped]);
    return skipped ? { skipped } : { sent: true };
  },
});

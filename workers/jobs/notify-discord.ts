import { z } from 'zod';
import { composeMessage } from '../notifications/compose.ts';
import { noticeSchema } from '../notifications/notice.ts';
import { defineJob, patient } from './job.ts';

/** A message by the tenant's own bot, for people who asked for it. What cannot be sent is skipped with its reason. */
export const notifyDiscord = defineJob({
  name: 'notify.discord',
  payload: z.object({ notification_id: z.uuid() }),
  options: patient,
  async handle({ notification_id: id }, { db, discord, appUrl }) {
    const [row] = await db.query<{ notice: unknown }>(`select private.notification_to_send($1, 'discord') as notice`, [
      id,
    ]);
    if (!row?.notice) return { skipped: 'sent before, or its person has left' };
    const notice = noticeSchema.parse(row.notice);
    const messages = await discord();
    let skipped: string | undefined;
    if (!messages) skipped = 'no keyring to open the bot’s token with';
    else if (!notice.bot_token) skipped = 'the table has no bot';
    else if (!notice.discord_id) skipped = 'no Discord account is linked';
    else {
      skipped = await messages.send({
        tenantId: notice.tenant_id,
        token: notice.bot_token,
        discordId: notice.discord_id,
        text: composeMessage(notice, appUrl),
        nonce: id.replaceAll('-', '').slice(0, 25),
      });
    }
    await db.query('select private.notification_sent($1, $2, $3)', [id, 'discord', skipped]);
    return skipped ? { skipped } : { sent: true };
  },
});

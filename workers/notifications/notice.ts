import { z } from 'zod';
import type { NoticeKind } from '../../domain/notices.ts';

/** The answer of private.notification_to_send(). */
export const noticeSchema = z.object({
  id: z.uuid(),
  tenant_id: z.string(),
  kind: z.string(),
  subject_id: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
  name: z.string(),
  table: z.string(),
  language: z.string(),
  email: z.string().nullable(),
  email_verified: z.boolean(),
  discord_id: z.string().nullable(),
  bot_token: z.string().nullable(),
});

export type Notice = z.output<typeof noticeSchema>;

/** What one notification says, in one language. */
export interface NoticeText {
  subject: string;
  /** Sentences of plain text; each is a paragraph. */
  paragraphs: string[];
  /** What the link is called; `noticePath` says where it leads. */
  link: string;
}

/** Reads facts out of a notice's data; what is missing is left out of the sentence. */
export interface Facts {
  text(key: string): string | undefined;
  date(key: string): string | undefined;
  time(key: string): string | undefined;
  money(): string | undefined;
  table: string;
}

export type Texts = Record<NoticeKind, (facts: Facts) => NoticeText>;

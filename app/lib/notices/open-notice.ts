import { goto, invalidate } from '$app/navigation';
import { noticePath } from '#domain/notices.ts';
import { dependencies } from '#lib/realtime/refresh.ts';
import type { Notice } from './notices.ts';

/** Without scripts this address does both: it marks as read and leads on. */
export function noticeHref({ id }: Pick<Notice, 'id'>): string {
  return `/notifications/${id}`;
}

/** Goes where the notice leads; it counts as read meanwhile, and the bell is told so. */
export async function openNotice(notice: Notice): Promise<void> {
  const marked = notice.read_at === null ? fetch(noticeHref(notice), { method: 'POST', keepalive: true }) : null;
  await goto(noticePath(notice.kind, notice.subject_id));
  if (marked && (await marked).ok) await invalidate(dependencies.notifications);
}

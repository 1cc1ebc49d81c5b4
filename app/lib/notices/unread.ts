import { m } from '#lib/paraglide/messages.js';

/** How many are unread, as it is said; ten stands for more than nine. */
export function unreadText(count: number): string {
  return count > 9 ? m.notices_unread_many() : m.notices_unread({ count });
}

/** The same as a badge. */
export function unreadCount(count: number): string {
  return count > 9 ? '9+' : String(count);
}

import { isNoticeKind, type NoticeKind } from '#domain/notices.ts';
import { isMoment } from '#lib/moment.ts';

/** A row of `mgmt.notifications`: what the caller was told. Its text is made from kind and data. */
export interface Notice {
  id: string;
  kind: NoticeKind;
  /** What it is about: a session, an invite, a period. */
  subject_id: string | null;
  data: Record<string, unknown>;
  read_at: string | null;
  created_at: string;
}

/** What the list filters by; both live in the address. */
export interface NoticeFilters {
  kind: NoticeKind | null;
  unread: boolean;
}

/** Reads the filters of an address; what is not understood is no filter. */
export function readFilters(search: URLSearchParams): NoticeFilters {
  const kind = search.get('kind');
  return { kind: isNoticeKind(kind) ? kind : null, unread: search.get('unread') === '1' };
}

export function isFiltered({ kind, unread }: NoticeFilters): boolean {
  return kind !== null || unread;
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The place in the list after which the next rows come. */
export interface Cursor {
  createdAt: string;
  id: string;
}

export function writeCursor({ created_at, id }: Pick<Notice, 'created_at' | 'id'>): string {
  return `${created_at}~${id}`;
}

/** Null for anything but a cursor of ours: its parts end up in a filter of the API. */
export function readCursor(value: string | null): Cursor | null {
  const [createdAt = '', id = ''] = value?.split('~') ?? [];
  return isMoment(createdAt) && uuid.test(id) ? { createdAt, id } : null;
}

/** The same notices, all of them read by now. */
export function asRead(notices: readonly Notice[]): Notice[] {
  const now = new Date().toISOString();
  return notices.map((notice) => ({ ...notice, read_at: notice.read_at ?? now }));
}

export interface Day {
  /** Year, month and day as one key. */
  key: string;
  date: Date;
  notices: Notice[];
}

/** Notices that come newest first, by the reader's own days. */
export function byDay(notices: readonly Notice[]): Day[] {
  const days: Day[] = [];
  for (const notice of notices) {
    const date = new Date(notice.created_at);
    const key = `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
    const last = days.at(-1);
    if (last?.key === key) last.notices.push(notice);
    else days.push({ key, date, notices: [notice] });
  }
  return days;
}

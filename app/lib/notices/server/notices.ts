import type { NoticeKind } from '#domain/notices.ts';
import { type Api, unwrap, unwrapJson } from '#lib/server/api.ts';
import type { Cursor, Notice, NoticeFilters } from '../notices.ts';

export const pageSize = 25;
/** Of the panel at the bell. */
export const newestCount = 20;

const columns = 'id, kind, subject_id, data, read_at, created_at';

/** The newest of what the caller was told. */
export async function readNewest(api: Api): Promise<Notice[]> {
  const query = api.from('notifications').select(columns).order('created_at', { ascending: false });
  return unwrap(await query.order('id', { ascending: false }).limit(newestCount)) as Notice[];
}

/** A page of what the caller was told, newest first; `more` is true when others follow. */
export async function readNotices(
  api: Api,
  filters: NoticeFilters,
  after: Cursor | null,
): Promise<{ notices: Notice[]; more: boolean }> {
  let query = api.from('notifications').select(columns);
  if (filters.kind) query = query.eq('kind', filters.kind);
  if (filters.unread) query = query.is('read_at', null);
  if (after) {
    query = query.or(`created_at.lt."${after.createdAt}",and(created_at.eq."${after.createdAt}",id.lt."${after.id}")`);
  }
  query = query.order('created_at', { ascending: false }).order('id', { ascending: false });
  // One row more than shown tells whether there are others, without counting them.
  const rows = unwrap(await query.limit(pageSize + 1)) as Notice[];
  return { notices: rows.slice(0, pageSize), more: rows.length > pageSize };
}

/** Marks these as read, all of them without ids. */
export async function markRead(api: Api, ids?: string[]): Promise<void> {
  unwrapJson<number>(await api.rpc('mark_notifications_read', ids ? { ids } : {}));
}

/** Marks one of the caller's own as read and gives it back; 404 `not_found` for anybody else's. */
export async function openNotice(api: Api, id: string): Promise<Pick<Notice, 'kind' | 'subject_id'>> {
  const [notice] = await Promise.all([
    api.from('notifications').select('kind, subject_id').eq('id', id).maybeSingle().then(unwrap),
    markRead(api, [id]),
  ]);
  return notice as Pick<Notice, 'kind' | 'subject_id'>;
}

export const ways = ['app', 'mail', 'discord'] as const;
export type Way = (typeof ways)[number];

/** `mgmt.notification_choices()`: what the caller can hear of here, and by which way it is told. */
export interface NoticeChoices {
  /** Whether a way is open: an address that is confirmed, a linked account. */
  mail: boolean;
  discord: boolean;
  kinds: ({ kind: NoticeKind } & Record<Way, boolean>)[];
}

export async function readChoices(api: Api): Promise<NoticeChoices> {
  return unwrapJson<NoticeChoices>(await api.rpc('notification_choices'));
}

/** Sets these switches and leaves the others as they are. */
export async function choose(
  api: Api,
  choices: Partial<Record<NoticeKind, Partial<Record<Way, boolean>>>>,
): Promise<NoticeChoices> {
  return unwrapJson<NoticeChoices>(await api.rpc('choose_notifications', { choices }));
}

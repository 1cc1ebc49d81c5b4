import { dayAfter } from '#lib/live/sessions.ts';
import { type Api, unwrap } from '#lib/server/api.ts';
import type { AuditEntry, AuditFilters, Cursor } from '../audit-log.ts';

const shownAtOnce = 50;
const columns =
  'id, actor, actor_kind, action, resource_type, resource_id, resource_name, changes, ip, user_agent, created_at';

/**
 * What one thing is called in the log: its own id, and for a session also the ids of the requests that started it.
 */
export async function idsOfThing(api: Api, thing: string | null): Promise<string[] | null> {
  if (thing === null) return null;
  const requests = unwrap(await api.from('session_requests').select('id').eq('session_id', thing));
  return [thing, ...requests.map(({ id }) => id)];
}

/** A page of what was written at the caller's table, newest first; `more` is true when others follow. `things` as of `idsOfThing()`. */
export async function readAuditLog(
  api: Api,
  filters: AuditFilters,
  things: readonly string[] | null,
  after: Cursor | null,
  pageSize = shownAtOnce,
): Promise<{ entries: AuditEntry[]; more: boolean }> {
  // An upper bound always, so that the months made ahead are not looked into.
  const until = after?.createdAt ?? new Date(Date.now() + 60_000).toISOString();
  let query = api.from('audit_log').select(columns).lte('created_at', until);
  if (after) query = query.or(`created_at.lt."${after.createdAt}",id.lt.${after.id}`);
  if (filters.person) {
    query = filters.person.includes('-') ? query.eq('actor', filters.person) : query.eq('actor_kind', filters.person);
  }
  if (filters.kind) query = query.eq('resource_type', filters.kind);
  if (things) query = query.in('resource_id', [...things]);
  if (filters.from) query = query.gte('created_at', filters.from);
  if (filters.to) query = query.lt('created_at', dayAfter(filters.to));
  query = query.order('created_at', { ascending: false }).order('id', { ascending: false });
  // One row more than shown tells whether there are others, without counting them.
  const rows = unwrap(await query.limit(pageSize + 1)) as unknown as AuditEntry[];
  return { entries: rows.slice(0, pageSize), more: rows.length > pageSize };
}

/** The whole of it, page by page. */
export async function* auditPages(api: Api, filters: AuditFilters): AsyncGenerator<AuditEntry[]> {
  const things = await idsOfThing(api, filters.thing);
  let after: Cursor | null = null;
  for (;;) {
    const { entries, more } = await readAuditLog(api, filters, things, after, 500);
    yield entries;
    const last = entries.at(-1);
    if (!more || !last) return;
    after = { createdAt: last.created_at, id: last.id };
  }
}

/** Names of the table's people, also of those who were removed. */
export async function readPeople(api: Api): Promise<{ id: string; name: string }[]> {
  const rows = unwrap(await api.from('users').select('id, display_name').order('display_name'));
  return rows.map(({ id, display_name }) => ({ id, name: display_name }));
}

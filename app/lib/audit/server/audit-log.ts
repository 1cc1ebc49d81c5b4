import { dayAfter } from '#lib/live/sessions.ts';
import { type Api, unwrap } from '#lib/server/api.ts';
import { type AuditEntry, type AuditFilters, type Cursor, isoMoment } from '../audit-log.ts';

const pageSize = 50;
const columns =
  'id, actor, actor_kind, action, resource_type, resource_id, resource_name, changes, ip, user_agent, created_at';

/** A page of what was written at the caller's table, newest first; `more` is true when others follow. */
export async function readAuditLog(
  api: Api,
  filters: AuditFilters,
  after: Cursor | null,
): Promise<{ entries: AuditEntry[]; more: boolean }> {
  // An upper bound always, so that the months made ahead are not looked into.
  const until = after?.createdAt ?? new Date(Date.now() + 60_000).toISOString();
  let query = api.from('audit_log').select(columns).lte('created_at', until);
  if (after) query = query.or(`created_at.lt."${after.createdAt}",id.lt.${after.id}`);
  if (filters.person) {
    query = filters.person.includes('-') ? query.eq('actor', filters.person) : query.eq('actor_kind', filters.person);
  }
  if (filters.kind) query = query.eq('resource_type', filters.kind);
  if (filters.thing) query = query.eq('resource_id', filters.thing);
  if (filters.from) query = query.gte('created_at', filters.from);
  if (filters.to) query = query.lt('created_at', dayAfter(filters.to));
  query = query.order('created_at', { ascending: false }).order('id', { ascending: false });
  // One row more than shown tells whether there are others, without counting them.
  const rows = unwrap(await query.limit(pageSize + 1)) as unknown as AuditEntry[];
  const entries = rows.slice(0, pageSize).map((row) => ({ ...row, created_at: isoMoment(row.created_at) }));
  return { entries, more: rows.length > pageSize };
}

/** Names of the table's people, also of those who were removed. */
export async function readPeople(api: Api): Promise<{ id: string; name: string }[]> {
  const rows = unwrap(await api.from('users').select('id, display_name').order('display_name'));
  return rows.map(({ id, display_name }) => ({ id, name: display_name }));
}

import { type Api, unwrap } from '#lib/server/api.ts';
import type { SessionRow } from '../session-state.ts';
import type { Cursor, SessionFilters, SessionItem, SpeakerCount } from '../sessions.ts';
import { dayAfter } from '../sessions.ts';

export const pageSize = 25;

const columns =
  'id, campaign_id, campaign_name, guild_id, channel_id, state, error, started_at, activated_at, ended_at, last_heartbeat, is_lost, counts';

/** A session of the caller's table, or 404 `not_found`. */
export async function readSession(api: Api, id: string): Promise<SessionRow> {
  return unwrap(await api.from('sessions').select(columns).eq('id', id).maybeSingle()) as SessionRow;
}

/** Lines of an ended session, as counted at its end; null when nobody counted. */
export async function countLines(api: Api, id: string): Promise<number | null> {
  const rows = unwrap(await api.from('session_summaries').select('lines').eq('session_id', id));
  return rows[0]?.lines ?? null;
}

/** Sessions that are starting or on air, newest first. */
export async function readRunning(api: Api, filters: SessionFilters): Promise<SessionItem[]> {
  if (filters.state === 'ended' || filters.state === 'failed') return [];
  let query = api.from('sessions').select(columns).neq('state', 'ended');
  if (filters.state === 'on_air') query = query.is('is_lost', false);
  if (filters.state === 'lost') query = query.is('is_lost', true);
  if (filters.campaign) query = query.eq('campaign_id', filters.campaign);
  if (filters.server) query = query.eq('guild_id', filters.server);
  const rows = unwrap(await query.order('started_at', { ascending: false }).limit(50)) as SessionRow[];
  return withNames(api, rows);
}

/** A page of ended sessions, newest first; `more` is true when others follow. */
export async function readEnded(
  api: Api,
  filters: SessionFilters,
  after: Cursor | null,
): Promise<{ items: SessionItem[]; more: boolean }> {
  if (filters.state === 'on_air' || filters.state === 'lost') return { items: [], more: false };
  let query = api.from('sessions').select(columns).eq('state', 'ended');
  if (filters.state === 'ended') query = query.is('error', null);
  if (filters.state === 'failed') query = query.not('error', 'is', null);
  if (filters.campaign) query = query.eq('campaign_id', filters.campaign);
  if (filters.server) query = query.eq('guild_id', filters.server);
  if (filters.from) query = query.gte('started_at', filters.from);
  if (filters.to) query = query.lt('started_at', dayAfter(filters.to));
  if (after) {
    query = query.or(`started_at.lt."${after.startedAt}",and(started_at.eq."${after.startedAt}",id.lt."${after.id}")`);
  }
  query = query.order('started_at', { ascending: false }).order('id', { ascending: false });
  // One row more than shown tells whether there are others, without counting them.
  const rows = unwrap(await query.limit(pageSize + 1)) as SessionRow[];
  return { items: await withNames(api, rows.slice(0, pageSize)), more: rows.length > pageSize };
}

/** Names and counts that belong to the rows; what the caller may not read stays empty. */
export async function withNames(api: Api, rows: readonly SessionRow[]): Promise<SessionItem[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const guilds = [...new Set(rows.map((row) => row.guild_id))];
  const [servers, details, summaries] = await Promise.all([
    api.from('discord_servers').select('guild_id, name').in('guild_id', guilds).then(unwrap),
    api.from('session_details').select('session_id, title').in('session_id', ids).then(unwrap),
    api.from('session_summaries').select('session_id, lines, speakers').in('session_id', ids).then(unwrap),
  ]);
  const names = new Map((servers as { guild_id: string; name: string }[]).map((each) => [each.guild_id, each.name]));
  const titles = new Map(
    (details as { session_id: string; title: string | null }[]).map((each) => [each.session_id, each.title]),
  );
  const counts = new Map(
    (summaries as unknown as { session_id: string; lines: number; speakers: SpeakerCount[] | null }[]).map((each) => [
      each.session_id,
      each,
    ]),
  );
  return rows.map((row) => ({
    row,
    title: titles.get(row.id) || null,
    campaign: row.campaign_name,
    server: names.get(row.guild_id) ?? null,
    lines: counts.get(row.id)?.lines ?? null,
    speakers: counts.get(row.id)?.speakers ?? [],
  }));
}

/** What the filters of the list offer: the campaigns and servers of the table. */
export async function readFilterOptions(api: Api): Promise<{ campaigns: Option[]; servers: Option[] }> {
  const [campaigns, servers] = await Promise.all([
    api.from('campaign_names').select('id, name').order('name').then(unwrap),
    api.from('discord_servers').select('guild_id, name').order('name').then(unwrap),
  ]);
  return {
    campaigns: (campaigns as { id: string; name: string }[]).map(({ id, name }) => ({ value: id, label: name })),
    servers: (servers as { guild_id: string; name: string }[]).map(({ guild_id, name }) => ({
      value: guild_id,
      label: name,
    })),
  };
}

export interface Option {
  value: string;
  label: string;
}

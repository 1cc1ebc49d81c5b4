import type { Json } from '#domain/database.types.ts';
import { type Api, unwrap } from './api.ts';

export interface PastSession {
  id: string;
  title: string | null;
  startedAt: string;
  /** Seconds on air; 0 when nobody came. */
  seconds: number;
  error: string | null;
  counts: boolean;
  lines: number;
  /** Who spoke, the most talkative first. */
  speakers: { name: string; npc: boolean; lines: number }[];
}

/** The last ended sessions of a campaign, newest first, with what was counted when they ended. */
export async function lastSessions(api: Api, campaign: string, limit: number): Promise<PastSession[]> {
  const rows = unwrap(
    await api
      .from('sessions')
      .select('id, error, started_at, activated_at, ended_at, counts')
      .eq('campaign_id', campaign)
      .eq('state', 'ended')
      .order('started_at', { ascending: false })
      .limit(limit),
  );
  const ids = rows.flatMap(({ id }) => (id ? [id] : []));
  if (ids.length === 0) return [];
  const [summaries, details] = await Promise.all([
    api.from('session_summaries').select('session_id, lines, speakers').in('session_id', ids).then(unwrap),
    // For Dungeon Masters; others get no rows.
    api.from('session_details').select('session_id, title').in('session_id', ids).then(unwrap),
  ]);
  return rows.map((row) => {
    const summary = summaries.find(({ session_id }) => session_id === row.id);
    const on = Date.parse(row.activated_at ?? '');
    const off = Date.parse(row.ended_at ?? '');
    return {
      id: row.id ?? '',
      title: details.find(({ session_id }) => session_id === row.id)?.title || null,
      startedAt: row.started_at ?? '',
      seconds: off > on ? (off - on) / 1000 : 0,
      error: row.error,
      counts: row.counts ?? false,
      lines: summary?.lines ?? 0,
      speakers: speakersOf(summary?.speakers),
    };
  });
}

/** How many sessions of a campaign have ended: the next one is one more. */
export async function countSessions(api: Api, campaign: string): Promise<number> {
  const { count } = await api
    .from('sessions')
    .select('id', { count: 'exact', head: true })
    .eq('campaign_id', campaign)
    .eq('state', 'ended');
  return count ?? 0;
}

function speakersOf(value: Json | undefined): PastSession['speakers'] {
  const list = Array.isArray(value) ? (value as unknown as PastSession['speakers']) : [];
  return [...list].sort((a, b) => b.lines - a.lines);
}

import type { Account } from '#lib/server/account.ts';
import { type Api, unwrap } from '#lib/server/api.ts';
import type { Line } from '../line.ts';
import { markedParts } from '../marked.ts';
import type { FoundLine, FoundSession, NeighbourLine } from '../search.ts';
import { Cast, type Speaker } from '../speakers.ts';
import { readTable } from './table.ts';

const pageSize = 25;
/** Words shorter than this are not looked for. */
export const shortestQuery = 2;

interface SpokenRow {
  id: number;
  speaker_id: string;
  speaker_name: string;
  npc_id: string;
  text: string;
}

/** What was said in any session, newest first, in the words of the table: characters where they are known. */
export async function searchSaid(
  api: Api,
  account: Account,
  asked: { q: string; campaign: string | null; before: number | null },
): Promise<{ sessions: FoundSession[]; next: number | null }> {
  const rows = unwrap(
    await api.rpc('search_transcripts', {
      query: asked.q,
      limit: pageSize + 1,
      ...(asked.campaign !== null && { campaign_id: asked.campaign }),
      ...(asked.before !== null && { before: asked.before }),
    }),
  );
  const shown = rows.slice(0, pageSize);
  const campaigns = [...new Set(shown.map(({ campaign }) => (campaign as { id: string }).id))];
  const [titles, casts] = await Promise.all([readTitles(api, shown), readCasts(api, account, campaigns)]);

  const sessions: FoundSession[] = [];
  for (const row of shown) {
    const campaign = row.campaign as { id: string; name: string | null };
    const cast = casts.get(campaign.id);
    if (!cast) continue;
    let session = sessions.at(-1);
    if (session?.id !== row.session_id) {
      session = {
        id: row.session_id,
        title: titles.get(row.session_id) ?? null,
        startedAt: row.session_started_at,
        campaign,
        lines: [],
      };
      sessions.push(session);
    }
    const parts = markedParts(row.snippet);
    const text = parts.map((part) => part.text).join('');
    const line: FoundLine = {
      id: row.id,
      spokenAt: row.timestamp,
      speaker: speakerOf(cast, { ...row, text }),
      parts,
      before: neighbour(cast, row.line_before),
      after: neighbour(cast, row.line_after),
    };
    session.lines.push(line);
  }
  return { sessions, next: rows.length > pageSize ? (shown.at(-1)?.id ?? null) : null };
}

async function readTitles(api: Api, rows: readonly { session_id: string }[]): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map();
  const ids = [...new Set(rows.map(({ session_id }) => session_id))];
  const details = unwrap(await api.from('session_details').select('session_id, title').in('session_id', ids));
  return new Map(details.flatMap(({ session_id, title }) => (title ? [[session_id, title] as const] : [])));
}

async function readCasts(api: Api, account: Account, campaigns: readonly string[]): Promise<Map<string, Cast>> {
  return new Map(
    await Promise.all(campaigns.map(async (id) => [id, new Cast(await readTable(api, account, id))] as const)),
  );
}

function neighbour(cast: Cast, found: unknown): NeighbourLine | null {
  if (found === null || typeof found !== 'object') return null;
  const row = found as SpokenRow;
  return { id: row.id, speaker: speakerOf(cast, row), text: row.text };
}

function speakerOf(cast: Cast, row: SpokenRow): Speaker {
  const line: Line = {
    id: row.id,
    speakerId: row.speaker_id,
    speakerName: row.speaker_name,
    npcId: row.npc_id,
    text: row.text,
    rawText: '',
    spokenAt: 0,
    durationMs: 0,
  };
  return cast.speaker(line);
}

/** Names of NPCs that spoke last, to begin a search with: every member has heard them. */
export async function readHeardNpcs(api: Api, most: number): Promise<string[]> {
  const rows = unwrap(
    await api.from('session_summaries').select('speakers').order('created_at', { ascending: false }).limit(10),
  ) as unknown as { speakers: { name: string; npc: boolean }[] | null }[];
  const names = rows.flatMap(({ speakers }) => (speakers ?? []).filter(({ npc }) => npc).map(({ name }) => name));
  return [...new Set(names)].slice(0, most);
}

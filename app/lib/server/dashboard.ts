import { npcFaces, type NpcFace } from '#domain/npc-face.ts';
import { hasRole } from '#lib/role.ts';
import { currentCampaign } from '#lib/current-campaign.ts';
import type { Account } from './account.ts';
import { type Api, unwrap, unwrapJson } from './api.ts';
import { readCampaignNames } from './campaign-names.ts';
import { countSessions, lastSessions, type PastSession } from './sessions-of-campaign.ts';

/** `mgmt.session_quota()`: what is left, and why not. Null limits are unlimited. */
export interface Quota {
  allowed: boolean;
  code: string | null;
  message: string | null;
  hint: string | null;
  cap: number | null;
  used: number;
  pending: number;
  left: number | null;
  period_end: string | null;
  max_session_hours: number | null;
  campaigns: { max: number | null; used: number };
  npcs?: { max: number | null; used: number };
}

interface Server {
  guild_id: string;
  name: string;
}

export interface Overview {
  campaign: { id: string; name: string; language: string } | null;
  quota: Quota;
  /** Empty for players, who may not read NPCs. */
  npcs: NpcFace[];
  servers: Server[];
  /** Newest first. */
  sessions: PastSession[];
  /** How many sessions the campaign has behind it. */
  played: number;
  /** The last words of the last session. */
  lastWords: LastWord[];
}

export interface LastWord {
  id: number;
  speaker: string;
  text: string;
  /** The NPC's face, where an NPC spoke. */
  npc: NpcFace | null;
  isNpc: boolean;
}

const shownSessions = 8;
const shownWords = 4;

/** Everything of the dashboard, for the campaign that this person looked at last. */
export async function readOverview(api: Api, account: Account): Promise<Overview> {
  const chosen = currentCampaign(await readCampaignNames(api), {
    last: account.preferences.last_campaign_id,
    discord: account.tenant.campaign_id,
  });
  const leads = hasRole(account.user.role, 'dm');
  const [quota, servers, npcs, sessions, played, language] = await Promise.all([
    api.rpc('session_quota', chosen ? { campaign_id: chosen.id } : {}).then(unwrapJson<Quota>),
    api.from('discord_servers').select('guild_id, name').order('created_at').then(unwrap),
    chosen && leads ? readFaces(api, chosen.id) : [],
    chosen ? lastSessions(api, chosen.id, shownSessions) : [],
    chosen ? countSessions(api, chosen.id) : 0,
    chosen && leads ? readLanguage(api, chosen.id) : '',
  ]);
  const last = sessions.find((session) => session.lines > 0);
  return {
    campaign: chosen && { id: chosen.id, name: chosen.name, language },
    quota,
    npcs: [...npcs].sort((a, b) => a.name.localeCompare(b.name)),
    servers,
    sessions,
    played,
    lastWords: last ? await readLastWords(api, last, npcs) : [],
  };
}

async function readFaces(api: Api, campaign: string): Promise<NpcFace[]> {
  const rows = await api
    .from('npcs')
    .select('id, name, voice, attributes')
    .eq('campaign_id', campaign)
    .order('created_at');
  return npcFaces(unwrap(rows));
}

async function readLanguage(api: Api, campaign: string): Promise<string> {
  return unwrap(await api.from('campaigns').select('language').eq('id', campaign).maybeSingle()).language;
}

async function readLastWords(api: Api, session: PastSession, npcs: readonly NpcFace[]): Promise<LastWord[]> {
  const lines = unwrap(
    await api.rpc('session_transcript', { session: session.id, before: Number.MAX_SAFE_INTEGER, limit: shownWords }),
  );
  // Lines carry the voice service's own ids; names are what both sides know.
  return lines.map(({ id, speaker_name, npc_id, text }) => ({
    id,
    speaker: speaker_name,
    text,
    npc: npcs.find(({ name }) => name === speaker_name) ?? null,
    isNpc: npc_id !== '',
  }));
}

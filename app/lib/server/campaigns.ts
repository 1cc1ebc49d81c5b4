import type { CampaignInput } from '#domain/schemas/campaign.ts';
import { type Api, expectDone, refuse, unwrap } from './api.ts';
import { daysLeft } from './bin.ts';
import { countNpcs } from './campaign-names.ts';

export interface Campaign {
  id: string;
  name: string;
  system: string;
  description: string;
  language: string;
  archived_at: string | null;
  deleted_at: string | null;
  updated_at: string;
}

export interface CampaignRow extends Campaign {
  npcs: number;
  /** Whole days until the bin gives it up; null outside of it. */
  daysLeft: number | null;
  lastPlayed: string | null;
}

const columns = 'id, name, system, description, language, archived_at, deleted_at, updated_at';

export type CampaignShelf = 'active' | 'archived' | 'bin';

/** The campaigns of one shelf, the last played first. */
export async function listCampaigns(api: Api, shelf: CampaignShelf): Promise<CampaignRow[]> {
  let query = api.from('campaigns').select(columns);
  if (shelf === 'bin') query = query.not('deleted_at', 'is', null);
  else query = query.is('deleted_at', null);
  if (shelf === 'active') query = query.is('archived_at', null);
  if (shelf === 'archived') query = query.not('archived_at', 'is', null);
  const [rows, npcs, played] = await Promise.all([query.order('name').then(unwrap), countNpcs(api), lastPlayed(api)]);
  return rows
    .map((row) => ({
      ...row,
      npcs: npcs[row.id] ?? 0,
      daysLeft: row.deleted_at ? daysLeft(row.deleted_at) : null,
      lastPlayed: played[row.id] ?? null,
    }))
    .sort((a, b) => (b.lastPlayed ?? '').localeCompare(a.lastPlayed ?? '') || a.name.localeCompare(b.name));
}

/** When each campaign was last played, from the newest two hundred sessions. */
async function lastPlayed(api: Api): Promise<Record<string, string>> {
  const rows = unwrap(
    await api.from('sessions').select('campaign_id, started_at').order('started_at', { ascending: false }).limit(200),
  );
  const played: Record<string, string> = {};
  for (const { campaign_id, started_at } of rows) {
    if (campaign_id && started_at) played[campaign_id] ??= started_at;
  }
  return played;
}

/** One campaign, also an archived one; 404 for others' and for what lies in the bin. */
export async function readCampaign(api: Api, id: string): Promise<Campaign> {
  return unwrap(await api.from('campaigns').select(columns).eq('id', id).is('deleted_at', null).maybeSingle());
}

export async function createCampaign(api: Api, input: CampaignInput): Promise<string> {
  return unwrap(await api.from('campaigns').insert(input).select('id').single()).id;
}

export async function updateCampaign(api: Api, id: string, input: CampaignInput): Promise<void> {
  if (unwrap(await api.from('campaigns').update(input).eq('id', id).select('id')).length === 0) refuse('not_found');
}

/** Puts a campaign on another shelf. Nothing is lost on any of them. */
export async function shelveCampaign(api: Api, id: string, shelf: CampaignShelf): Promise<void> {
  const now = new Date().toISOString();
  const change =
    shelf === 'bin' ? { deleted_at: now } : { deleted_at: null, archived_at: shelf === 'archived' ? now : null };
  if (unwrap(await api.from('campaigns').update(change).eq('id', id).select('id')).length === 0) refuse('not_found');
}

/** Deletes a campaign of the bin for good. `confirm_name` is what the person typed: 422 where it is not the name. */
export async function deleteCampaign(api: Api, id: string, confirm_name: string): Promise<void> {
  expectDone(await api.rpc('delete_campaign', { campaign_id: id, confirm_name }));
}

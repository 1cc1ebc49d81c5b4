import { type Api, unwrap } from './api.ts';

export interface CampaignName {
  id: string;
  name: string;
  archived: boolean;
}

/** Id and name of the table's campaigns, for every member, by name. */
export async function readCampaignNames(api: Api): Promise<CampaignName[]> {
  return unwrap(await api.from('campaign_names').select('id, name, archived').order('name')) as CampaignName[];
}

/** How many NPCs each campaign has. Empty for those who may not read NPCs. */
export async function countNpcs(api: Api): Promise<Record<string, number>> {
  const rows = unwrap(await api.from('npcs').select('campaign_id')) as { campaign_id: string }[];
  const counts: Record<string, number> = {};
  for (const { campaign_id } of rows) counts[campaign_id] = (counts[campaign_id] ?? 0) + 1;
  return counts;
}

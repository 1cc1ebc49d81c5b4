import type { Json } from '#domain/database.types.ts';
import { type Api, unwrapJson } from './api.ts';

export interface ExportedCampaign {
  exported_at: string;
  campaign: { name: string };
}

export type CampaignPart = 'npcs' | 'lore' | 'characters';

/** The campaign as a bundle, with these parts. */
export async function exportCampaign(
  api: Api,
  campaign: string,
  parts: readonly CampaignPart[],
): Promise<ExportedCampaign> {
  const has = (part: CampaignPart) => parts.includes(part);
  return unwrapJson(
    await api.rpc('export_campaign', {
      campaign_id: campaign,
      npcs: has('npcs'),
      lore: has('lore'),
      characters: has('characters'),
    }),
  );
}

export interface ImportedCampaign {
  campaign_id: string;
  name: string;
  npcs: number;
  /** Of these, what the plan does not play. */
  set_aside: number;
  lore: number;
  characters: number;
}

/** Makes a campaign of a bundle, whole or not at all. */
export async function importCampaign(api: Api, bundle: Record<string, unknown>): Promise<ImportedCampaign> {
  return unwrapJson(await api.rpc('import_campaign', { bundle: bundle as Json }));
}

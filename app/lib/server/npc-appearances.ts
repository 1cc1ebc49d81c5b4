import { type Api, expectDone, unwrap } from './api.ts';
import { readCampaignNames } from './campaign-names.ts';

/** Where an NPC that is only an appearance is at home. */
export interface Home {
  npc: string;
  campaign: { id: string; name: string };
}

/** A campaign in which an NPC could appear, or does. */
export interface Further {
  id: string;
  name: string;
  appears: boolean;
  /** It found no room when it came back from rest. */
  noRoom: boolean;
}

interface Link {
  campaign_id: string;
  npc_id: string;
  appearance_id: string;
}

async function readLinks(api: Api): Promise<Link[]> {
  return unwrap(await api.from('campaign_npcs').select('campaign_id, npc_id, appearance_id'));
}

/** Home of an appearance, or the further campaigns of an NPC that is at home here. */
export async function readAppearances(
  api: Api,
  campaign: string,
  npc: string,
): Promise<{ home: Home | null; further: Further[] }> {
  const [links, campaigns] = await Promise.all([readLinks(api), readCampaignNames(api)]);
  const source = links.find(({ appearance_id }) => appearance_id === npc);
  const own = links.filter(({ npc_id }) => npc_id === npc);
  const rows = unwrap(
    await api
      .from('npcs')
      .select('id, campaign_id')
      .in('id', [...own.map(({ appearance_id }) => appearance_id), ...(source ? [source.npc_id] : [])]),
  );
  const at = campaigns.find(({ id }) => id === rows.find((row) => row.id === source?.npc_id)?.campaign_id);
  if (source && at) return { home: { npc: source.npc_id, campaign: { id: at.id, name: at.name } }, further: [] };
  const linked = new Map(own.map((link) => [link.campaign_id, link.appearance_id]));
  return {
    home: null,
    further: campaigns
      .filter(({ id, archived }) => id !== campaign && (!archived || linked.has(id)))
      .map(({ id, name }) => {
        const appearance = linked.get(id);
        return {
          id,
          name,
          appears: appearance !== undefined,
          noRoom: appearance !== undefined && !rows.some((row) => row.id === appearance),
        };
      }),
  };
}

/** What the list says of the NPCs of a campaign: where appearances are at home, and in how many others an NPC appears. */
export async function markAppearances(
  api: Api,
  npcs: readonly { id: string }[],
): Promise<Record<string, { home: string | null; others: number }>> {
  const here = new Set(npcs.map(({ id }) => id));
  const links = (await readLinks(api)).filter(
    ({ npc_id, appearance_id }) => here.has(npc_id) || here.has(appearance_id),
  );
  if (links.length === 0) return {};
  const foreign = links.filter(({ appearance_id }) => here.has(appearance_id));
  const [sources, campaigns] = await Promise.all([
    foreign.length === 0
      ? []
      : api
          .from('npcs')
          .select('id, campaign_id')
          .in(
            'id',
            foreign.map(({ npc_id }) => npc_id),
          )
          .then(unwrap),
    readCampaignNames(api),
  ]);
  const names = new Map(campaigns.map(({ id, name }) => [id, name]));
  const marks: Record<string, { home: string | null; others: number }> = {};
  for (const { npc_id, appearance_id } of foreign) {
    const campaign = sources.find(({ id }) => id === npc_id)?.campaign_id ?? '';
    marks[appearance_id] = { home: names.get(campaign) ?? '', others: 0 };
  }
  for (const { npc_id } of links) {
    if (here.has(npc_id)) marks[npc_id] = { home: null, others: (marks[npc_id]?.others ?? 0) + 1 };
  }
  return marks;
}

export async function letAppear(api: Api, npc: string, campaign: string): Promise<void> {
  expectDone(await api.from('campaign_npcs').insert({ npc_id: npc, campaign_id: campaign }));
}

export async function endAppearance(api: Api, npc: string, campaign: string): Promise<void> {
  expectDone(await api.from('campaign_npcs').delete().eq('npc_id', npc).eq('campaign_id', campaign));
}

import { npcFaces, type FaceRow, type NpcFace } from '#domain/npc-face.ts';
import { type Api, unwrap } from './api.ts';
import { daysLeft } from './bin.ts';

/** Why an NPC rests: set aside for as long as one likes, or in the bin until it is purged. */
export type RestReason = 'aside' | 'bin';

export interface RestingNpc extends NpcFace {
  reason: RestReason;
  since: string;
  /** Whole days until the bin gives it up; null for one that is set aside. */
  daysLeft: number | null;
}

/** The campaign's NPCs that are not played, by name; in the bin, who goes first. */
export async function listResting(api: Api, campaign: string): Promise<RestingNpc[]> {
  const rows = unwrap(
    await api.from('npcs_aside').select('id, name, reason, since, npc').eq('campaign_id', campaign).order('name'),
  );
  const faces = npcFaces(rows.map(({ id, name, npc }) => ({ ...(npc as object as FaceRow), id, name })));
  return faces
    .map((face, index): RestingNpc => {
      const since = rows[index]?.since ?? '';
      const reason = rows[index]?.reason === 'bin' ? 'bin' : 'aside';
      return { ...face, reason, since, daysLeft: reason === 'bin' ? daysLeft(since) : null };
    })
    .sort((a, b) => (a.daysLeft ?? 0) - (b.daysLeft ?? 0));
}

/** Takes an NPC out of play, or from one place of rest to the other; returns its name. */
export async function restNpc(api: Api, npc: string, reason: RestReason): Promise<string> {
  return unwrap(await api.rpc('set_npc_aside', { npc, reason })).name;
}

/** Brings a resting NPC back as it was, with its id; returns its name. */
export async function restoreNpc(api: Api, npc: string): Promise<string> {
  return unwrap(await api.rpc('restore_npc', { npc })).name ?? '';
}

import { npcFaces, type NpcFace } from '#domain/npc-face.ts';
import { nameWarnings } from '#domain/npc-names.ts';
import { allowedTiers } from '#domain/npc-options.ts';
import { freePigment } from '#domain/pigments.ts';
import { type NpcInput, npcRow, npcSchema } from '#domain/schemas/npc.ts';
import { formOf, type NpcForm, type NpcRow } from '#lib/npc-form.ts';
import { type Api, refuse, unwrap } from './api.ts';
import { readVoices, type VoiceChoice } from './voice-catalog.ts';

const columns =
  'id, campaign_id, name, personality, engine, voice, knowledge_scope, secret_knowledge, behavior_rules, tools, budget_tier, gm_helper, address_only, attributes, updated_at';

/** An NPC as the list shows it, with what is odd about it. */
export interface NpcItem extends NpcFace {
  /** The beginning of the personality; empty: has none yet. */
  excerpt: string;
  soundsLike: string | null;
  shortName: boolean;
  abovePlan: boolean;
  /** Its voice is of a larger plan: sessions of the campaign are refused. */
  voiceAbovePlan: boolean;
  gmHelper: boolean;
  addressOnly: boolean;
}

/** The NPCs of a campaign in the voice service's order: by name. */
export async function listNpcs(api: Api, campaign: string, llmTier: string | null): Promise<NpcItem[]> {
  const [rows, voices] = await Promise.all([readRows(api, campaign), readVoices(api)]);
  const tiers: readonly string[] = allowedTiers(llmTier);
  return npcFaces(rows)
    .map((face, index) => {
      const row = rows[index];
      const others = rows.filter(({ id }) => id !== face.id).map(({ name }) => name);
      const { soundsLike, short } = nameWarnings(face.name, others);
      const voice = voices.find(({ id }) => id === face.voice);
      return {
        ...face,
        voice: voice?.name ?? face.voice,
        voiceAbovePlan: voice !== undefined && !voice.allowed,
        excerpt: (row?.personality ?? '').slice(0, 200),
        soundsLike,
        shortName: short,
        abovePlan: row !== undefined && row.budget_tier !== '' && !tiers.includes(row.budget_tier),
        gmHelper: row?.gm_helper ?? false,
        addressOnly: row?.address_only ?? false,
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** By age, so that pigments given by place stay what they were. */
async function readRows(api: Api, campaign: string): Promise<NpcRow[]> {
  return unwrap(await api.from('npcs').select(columns).eq('campaign_id', campaign).order('created_at'));
}

export interface EditedNpc {
  id: string;
  updatedAt: string;
  form: NpcForm;
  /** Names of the others, for warnings while one types. */
  others: string[];
  /** Fields that the connected voice service reads; null while nobody knows. */
  usedFields: string[] | null;
  /** Voices to choose from, in no particular language. */
  voices: VoiceChoice[];
}

/** One NPC for its editor; 404 for another campaign's. */
export async function readNpc(api: Api, campaign: string, id: string): Promise<EditedNpc> {
  const [rows, capabilities, voices] = await Promise.all([
    readRows(api, campaign),
    api.from('gateway_capabilities').select('npc_fields').maybeSingle(),
    readVoices(api),
  ]);
  const row = rows.find((each) => each.id === id);
  if (!row) refuse('not_found');
  const pigment = npcFaces(rows).find((face) => face.id === id)?.pigment ?? 1;
  return {
    id,
    updatedAt: row.updated_at,
    form: formOf(row, pigment),
    others: rows.filter((each) => each.id !== id).map(({ name }) => name),
    usedFields: capabilities.data?.npc_fields ?? null,
    voices,
  };
}

/** Names and the next free pigment: what a new NPC has to fit in with. */
export async function newcomerContext(api: Api, campaign: string) {
  const faces = npcFaces(
    unwrap(
      await api.from('npcs').select('id, name, voice, attributes').eq('campaign_id', campaign).order('created_at'),
    ),
  );
  return { names: faces.map(({ name }) => name), pigment: freePigment(faces.map(({ pigment }) => pigment)) };
}

export async function createNpc(api: Api, campaign: string, input: NpcInput): Promise<string> {
  return (
    unwrap(
      await api
        .from('npcs')
        .insert({ ...npcRow(input), campaign_id: campaign })
        .select('id')
        .single(),
    ).id ?? ''
  );
}

/**
 * Saves if nobody else did since `basedOn`; else `conflict`, or `gone` if it is no longer there.
 * @returns the new `updated_at`.
 */
export async function updateNpc(api: Api, id: string, basedOn: string, input: NpcInput): Promise<string> {
  const saved = unwrap(
    await api.from('npcs').update(npcRow(input)).eq('id', id).eq('updated_at', basedOn).select('updated_at'),
  );
  if (saved[0]?.updated_at) return saved[0].updated_at;
  refuse(unwrap(await api.from('npcs').select('id').eq('id', id)).length > 0 ? 'conflict' : 'gone');
}

/** A copy under a name that is free. The helper of the DM stays the only one. */
export async function duplicateNpc(
  api: Api,
  campaign: string,
  id: string,
  nameOf: (name: string) => string,
): Promise<string> {
  const { form } = await readNpc(api, campaign, id);
  const { names, pigment } = await newcomerContext(api, campaign);
  let name = nameOf(form.name);
  while (names.some((taken) => taken.toLowerCase() === name.toLowerCase())) name = nameOf(name);
  return createNpc(api, campaign, npcSchema.parse({ ...form, name: name.slice(0, 255), pigment, gm_helper: false }));
}

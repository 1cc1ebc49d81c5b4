import { z } from 'zod';

/** Most bytes of a campaign's file. */
export const campaignFileBytes = 10 * 1024 * 1024;

/** What a file says it holds. Every rule beyond is the database's, which reads it whole. */
export interface CampaignSummary {
  name: string;
  system: string;
  npcs: number;
  /** Of these, marked as set aside. */
  aside: number;
  pages: number;
  characters: number;
  /** An ISO date, or empty. */
  exportedAt: string;
}

export type CampaignFile =
  | { ok: true; bundle: Record<string, unknown>; summary: CampaignSummary }
  | { ok: false; reason: 'too_large' | 'not_json' | 'not_a_campaign' | 'version' }
  | { ok: false; reason: 'not_text'; field: string };

const listed = z.array(z.unknown()).default([]);
const shape = z.looseObject({
  format: z.literal('glyphoxa.campaign'),
  version: z.number(),
  exported_at: z.string().catch(''),
  campaign: z.looseObject({ name: z.string(), system: z.string().catch('') }),
  npcs: listed,
  lore: listed,
  characters: listed,
});

/** Levels within each other: a campaign has about eight, and the API reads no more than a hundred. */
const mostLevels = 64;

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1)));

/** What JSON can write and no text can hold, nor the database: half of a character, and NUL. */
const isBroken = (value: unknown): boolean =>
  typeof value === 'string' && (!value.isWellFormed() || value.includes('\0'));

/** Reads a campaign's file as far as it takes to show what is in it. */
export function readCampaignFile(text: string): CampaignFile {
  if (new TextEncoder().encode(text).length > campaignFileBytes) return { ok: false, reason: 'too_large' };
  let bundle: unknown;
  let broken: string | undefined;
  try {
    bundle = JSON.parse(text, function (this: unknown, field, value: unknown) {
      // What stands in a list is told by the list's name.
      const held = Array.isArray(value) ? value : [value];
      if (!Array.isArray(this) && [field, ...held].some(isBroken)) broken ??= field.toWellFormed();
      return value;
    });
  } catch {
    return { ok: false, reason: 'not_json' };
  }
  const read = shape.safeParse(bundle);
  if (!read.success || isDeeper(bundle, mostLevels)) return { ok: false, reason: 'not_a_campaign' };
  if (broken !== undefined) return { ok: false, reason: 'not_text', field: broken };
  const { campaign, npcs, lore, characters, version, exported_at } = read.data;
  if (version !== 1) return { ok: false, reason: 'version' };
  const rests = (npc: unknown) => typeof npc === 'object' && npc !== null && 'aside' in npc && npc.aside === true;
  return {
    ok: true,
    bundle: bundle as Record<string, unknown>,
    summary: {
      name: campaign.name,
      system: campaign.system,
      npcs: npcs.length,
      aside: npcs.filter(rests).length,
      pages: lore.length,
      characters: characters.length,
      exportedAt: exported_at,
    },
  };
}

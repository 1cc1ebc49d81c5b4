import { freePigment, isPigment, type Pigment } from './pigments.ts';
import { isPortraitKind, type PortraitKind } from './portraits.ts';

/** What lists show of an NPC. */
export interface NpcFace {
  id: string;
  name: string;
  /** In a few words; may be empty. */
  title: string;
  pigment: Pigment;
  portrait: PortraitKind | null;
  /** The voice's name or id; empty: none yet. */
  voice: string;
}

export interface FaceRow {
  id: string;
  name: string;
  voice: unknown;
  attributes: unknown;
}

/**
 * Faces of a campaign's NPCs, in the order of the rows. An NPC without a pigment of its own (one that Discord or an older version
 * wrote) takes the first free one, so give the rows by age.
 */
export function npcFaces(rows: readonly FaceRow[]): NpcFace[] {
  const taken = rows.map((row) => record(row.attributes)['pigment']).filter(isPigment);
  return rows.map(({ id, name, voice, attributes: raw }) => {
    const attributes = record(raw);
    const own = attributes['pigment'];
    const pigment = isPigment(own) ? own : freePigment(taken);
    if (!isPigment(own)) taken.push(pigment);
    const portrait = attributes['portrait'];
    return {
      id,
      name,
      title: text(attributes['title']),
      pigment,
      portrait: isPortraitKind(portrait) ? portrait : null,
      voice: text(record(voice)['voice_id']),
    };
  });
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

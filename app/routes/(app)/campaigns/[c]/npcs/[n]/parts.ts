import { m } from '#lib/paraglide/messages.js';

/** Parts of the editor, in the address as `?part=`. On the desktop the voice stands beside all of them. */
export const parts = ['character', 'voice', 'table', 'told', 'advanced'] as const;
export type Part = (typeof parts)[number];

export const partNames: Record<Part, () => string> = {
  character: m.npc_tab_character,
  voice: m.npc_tab_voice,
  table: m.npc_tab_table,
  told: m.npc_tab_told,
  advanced: m.npc_tab_advanced,
};

const fields: Record<Exclude<Part, 'told'>, readonly string[]> = {
  character: ['name', 'title', 'portrait', 'pigment', 'personality', 'knowledge_scope', 'secret_knowledge'],
  voice: ['voice.provider', 'voice.voice_id', 'voice.speed_factor', 'voice.pitch_shift', 'budget_tier', 'address_only'],
  table: ['behavior_rules', 'prepared_lines'],
  advanced: ['engine', 'gm_helper', 'tools', 'notes'],
};

/** Where a field stands: an error in a part that is not open has to be found. */
export function partOf(field: string): Part {
  return parts.find((part) => part !== 'told' && fields[part].includes(field)) ?? 'character';
}

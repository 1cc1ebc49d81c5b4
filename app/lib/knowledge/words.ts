import { m } from '#lib/paraglide/messages.js';
import type { EntryKind } from './graph.ts';

const names: Record<EntryKind, () => string> = {
  npc: m.knowledge_kind_npc,
  player: m.knowledge_kind_player,
  location: m.knowledge_kind_location,
  item: m.knowledge_kind_item,
  faction: m.knowledge_kind_faction,
  event: m.knowledge_kind_event,
  quest: m.knowledge_kind_quest,
  concept: m.knowledge_kind_concept,
  lore: m.knowledge_kind_lore,
  other: m.knowledge_kind_other,
};

export function kindName(kind: EntryKind): string {
  return names[kind]();
}

import type { LoreCategory } from '#domain/lore-options.ts';
import { m } from '#lib/paraglide/messages.js';

export const categoryNames: Record<LoreCategory, () => string> = {
  general: m.lore_category_general,
  location: m.lore_category_location,
  faction: m.lore_category_faction,
  history: m.lore_category_history,
  rules: m.lore_category_rules,
  npc_backstory: m.lore_category_npc_backstory,
};

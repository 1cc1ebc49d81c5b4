import { m } from '#lib/paraglide/messages.js';
import type { LoreField } from './page.ts';

export const fieldNames: Record<LoreField, () => string> = {
  title: m.lore_field_title,
  category: m.lore_category,
  content: m.lore_content,
  tags: m.lore_tags,
  npcs: m.lore_npcs,
};

import type { LoreCategory } from '#domain/lore-options.ts';
import { m } from '#lib/paraglide/messages.js';

/** First pages of a world: a title and questions to answer. */
export interface LoreStarter {
  key: string;
  category: LoreCategory;
  title: () => string;
  text: () => string;
  content: () => string;
}

export const loreStarters: readonly LoreStarter[] = [
  {
    key: 'town',
    category: 'location',
    title: m.lore_starter_town,
    text: m.lore_starter_town_text,
    content: m.lore_starter_town_content,
  },
  {
    key: 'faction',
    category: 'faction',
    title: m.lore_starter_faction,
    text: m.lore_starter_faction_text,
    content: m.lore_starter_faction_content,
  },
  {
    key: 'session',
    category: 'history',
    title: m.lore_starter_session,
    text: m.lore_starter_session_text,
    content: m.lore_starter_session_content,
  },
];

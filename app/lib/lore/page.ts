import type { LoreCategory } from '#domain/lore-options.ts';

/** What can be written about a page. */
export interface LoreFields {
  title: string;
  category: LoreCategory;
  content: string;
  tags: string[];
  /** Ids of the NPCs it is about. */
  npcs: string[];
}
export type LoreField = keyof LoreFields;
export const loreFields: readonly LoreField[] = ['title', 'category', 'content', 'tags', 'npcs'];

/** A page as the list shows it. */
export interface LoreItem {
  id: string;
  title: string;
  category: LoreCategory;
  updatedAt: string;
}

export interface BinnedPage {
  id: string;
  title: string;
  category: LoreCategory;
  /** Whole days until the bin gives it up. */
  daysLeft: number;
}

/** A find; the marked texts hold U+0002 and U+0003 around each word that was found. */
export interface LoreHit {
  id: string;
  title: string;
  category: LoreCategory;
  snippet: string;
}

/** An NPC or a page that a text can name by its id. */
export interface Mentionable {
  kind: 'npc' | 'page';
  id: string;
  name: string;
}

export interface LorePage {
  id: string;
  updatedAt: string;
  fields: LoreFields;
}

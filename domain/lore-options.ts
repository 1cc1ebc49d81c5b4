/** What kinds of pages there are, in the order of their list. */
export const loreCategories = ['general', 'location', 'faction', 'history', 'rules', 'npc_backstory'] as const;
export type LoreCategory = (typeof loreCategories)[number];

export function isLoreCategory(value: unknown): value is LoreCategory {
  return loreCategories.some((known) => known === value);
}

/** The database's own limits of a page: characters, and for lists how many of how many characters. */
export const loreLimits = {
  title: 200,
  content: 100_000,
  tags: { most: 20, longest: 40 },
  npcs: { most: 200, longest: 64 },
} as const;

import { z } from 'zod';
import { loreCategories, loreLimits } from '../lore-options.ts';
import { requiredText, textList } from './issue.ts';

/** A page of lore as its form sends it. The text keeps its blanks: it is Markdown, and somebody may still be typing. */
export const loreSchema = z.object({
  title: requiredText(loreLimits.title),
  category: z.enum(loreCategories, 'not_offered'),
  content: z.string().max(loreLimits.content, 'too_long'),
  tags: textList(loreLimits.tags.most, loreLimits.tags.longest),
  npcs: textList(loreLimits.npcs.most, loreLimits.npcs.longest),
});
export type LoreInput = z.output<typeof loreSchema>;

/** Some of a page's fields: what changed. */
export type LoreChanges = Partial<LoreInput>;

/** Reads only these fields; the others are not even given their defaults. */
export function loreChangesSchema(fields: readonly string[]): z.ZodType<LoreChanges, unknown> {
  const shape = Object.entries(loreSchema.shape).filter(([field]) => fields.includes(field));
  return z.object(Object.fromEntries(shape)) as z.ZodType<LoreChanges, unknown>;
}

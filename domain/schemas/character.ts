import { z } from 'zod';
import { characterLimits } from '../character-limits.ts';
import { isPigment, type Pigment } from '../pigments.ts';
import { requiredText, textList } from './issue.ts';

/** Who somebody of Discord plays in a campaign. */
export const characterSchema = z.object({
  discord_id: z.string().regex(/^\d{17,20}$/, 'shape'),
  name: requiredText(characterLimits.name),
  aliases: textList(characterLimits.aliases, characterLimits.alias),
  colour: z.coerce.number().refine((value): value is Pigment => isPigment(value), 'not_offered'),
});
export type CharacterInput = z.infer<typeof characterSchema>;

import type { Pigment } from '#domain/pigments.ts';

/** What is said of who somebody plays; the name is empty where nothing is said. */
export interface CharacterValues {
  name: string;
  aliases: string[];
  colour: Pigment;
}
export type CharacterField = keyof CharacterValues;
export const characterFields = ['name', 'aliases', 'colour'] as const satisfies readonly CharacterField[];

/** Blanks around a name are no difference. */
export function sameField(field: CharacterField, one: CharacterValues, other: CharacterValues): boolean {
  if (field === 'colour') return one.colour === other.colour;
  if (field === 'name') return one.name.trim() === other.name.trim();
  return one.aliases.length === other.aliases.length && one.aliases.every((name, at) => name === other.aliases[at]);
}

export function sameCharacter(one: CharacterValues, other: CharacterValues): boolean {
  return characterFields.every((field) => sameField(field, one, other));
}

interface Merged {
  /** Mine, with what only they changed. */
  values: CharacterValues;
  /** Changed on both sides, differently: mine stands until somebody decides. */
  conflicts: CharacterField[];
}

/** Brings two versions together that both began as `base`. */
export function merge(base: CharacterValues, mine: CharacterValues, theirs: CharacterValues): Merged {
  const values = { ...mine };
  const conflicts: CharacterField[] = [];
  for (const field of characterFields) {
    if (sameField(field, theirs, base) || sameField(field, theirs, mine)) continue;
    if (sameField(field, mine, base)) take(values, theirs, field);
    else conflicts.push(field);
  }
  return { values, conflicts };
}

/** Puts the other side's version of one field in place of one's own. */
export function take(values: CharacterValues, theirs: CharacterValues, field: CharacterField): void {
  Object.assign(values, { [field]: theirs[field] });
}

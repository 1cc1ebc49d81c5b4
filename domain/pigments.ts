/** Speaker pigments of the brand, `--speaker-1` to `--speaker-8`. An NPC keeps its own for life, in `attributes.pigment`. */
export const pigments = [1, 2, 3, 4, 5, 6, 7, 8] as const;
export type Pigment = (typeof pigments)[number];

export function isPigment(value: unknown): value is Pigment {
  return pigments.some((pigment) => pigment === value);
}

/** The first pigment nobody wears; from the ninth on they repeat. */
export function freePigment(taken: readonly Pigment[]): Pigment {
  return pigments.find((pigment) => !taken.includes(pigment)) ?? pigments[taken.length % pigments.length] ?? 1;
}

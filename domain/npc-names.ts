/** What makes a name hard to play: nothing to hold on to, or another NPC that sounds the same. Warnings, never errors. */
export interface NameWarnings {
  /** No word of four letters: the voice service listens for those. */
  short: boolean;
  /** The name that this one can be mistaken for. */
  soundsLike: string | null;
}

export function nameWarnings(name: string, others: readonly string[]): NameWarnings {
  const words = name.match(/\p{L}+/gu) ?? [];
  const key = soundOf(name);
  return {
    short: name.trim() !== '' && !words.some((word) => word.length >= 4),
    soundsLike: (key !== '' && others.find((other) => soundOf(other) === key)) || null,
  };
}

const sames: readonly (readonly [RegExp, string])[] = [
  [/ph|v|w/g, 'f'],
  [/sch|sh/g, 's'],
  [/ck|c|q/g, 'k'],
  [/th|dt|d/g, 't'],
  [/z|ß|x/g, 's'],
  [/b/g, 'p'],
  [/g/g, 'k'],
  [/y|j/g, 'i'],
  [/h/g, ''],
  [/[aeiou]+/g, 'a'],
  [/(.)\1+/g, '$1'],
];

/** Names of one sound have one key: Karl and Carl, Greta and Gretta. */
function soundOf(name: string): string {
  const plain = name
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}]/gu, '');
  return sames.reduce((sound, [pattern, replacement]) => sound.replace(pattern, replacement), plain);
}

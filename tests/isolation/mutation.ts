// One broken rule: the statement that breaks it and the one that puts it back; and two of them at once.

export const parts = ['policies', 'tables', 'functions'] as const;
export type Part = (typeof parts)[number];

export interface Mutation {
  part: Part;
  name: string;
  /** Objects of the proof that it concerns most, tried first. */
  objects: readonly string[];
  /** Rights and switches, of which the catalogue tells before anybody tries. */
  shownByCatalogue?: boolean;
  break: string;
  restore: string;
  /** Where it is a change of a text, so that another one can be made in the same text. */
  change?: Change;
}

export interface Change {
  /** The statement that makes the policy or function as it is. */
  text: string;
  /** What runs before it. */
  before: string;
  edits: readonly Edit[];
}

/** What stands in a text from one place to another, and what shall. */
export interface Edit {
  from: number;
  to: number;
  by: string;
}

export const editOf = (match: RegExpMatchArray, by: string): Edit => ({
  from: match.index!,
  to: match.index! + match[0].length,
  by,
});

export function withEdits(text: string, edits: readonly Edit[]): string {
  const last = [...edits].sort((a, b) => b.from - a.from);
  return last.reduce((done, { from, to, by }) => done.slice(0, from) + by + done.slice(to), text);
}

/** All of them broken at once, also where they stand in one text. */
export function together(mutations: readonly Mutation[]): Mutation {
  const changes = new Map<string, Change>();
  for (const { name, change } of mutations) {
    if (!change) throw new Error(`${name} is no change of a text.`);
    const { text, before, edits } = change;
    changes.set(text, { text, before, edits: [...(changes.get(text)?.edits ?? []), ...edits] });
  }
  const all = [...changes.values()];
  return {
    part: mutations[0]!.part,
    name: mutations.map(({ name }) => name).join(' AND '),
    objects: [...new Set(mutations.flatMap(({ objects }) => objects))],
    break: all.map(({ text, before, edits }) => before + withEdits(text, edits)).join(';\n'),
    restore: all.map(({ text, before }) => before + text).join(';\n'),
  };
}

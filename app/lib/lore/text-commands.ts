/** Where the caret stands in a text, or what is selected. */
export interface Selected {
  text: string;
  from: number;
  to: number;
}

/** Replaces a stretch of the text, and what is selected afterwards. */
export interface Edit {
  from: number;
  to: number;
  insert: string;
  select: [from: number, to: number];
}

/** Puts signs around the selection, or takes them away where they stand already. */
export function wrap({ text, from, to }: Selected, sign: string): Edit {
  const chosen = text.slice(from, to);
  const around = text.slice(from - sign.length, from) === sign && text.slice(to, to + sign.length) === sign;
  if (around) {
    const start = from - sign.length;
    return { from: start, to: to + sign.length, insert: chosen, select: [start, start + chosen.length] };
  }
  const start = from + sign.length;
  return { from, to, insert: sign + chosen + sign, select: [start, start + chosen.length] };
}

/** Begins each line of the selection with a sign, or takes it away where every line has it. */
export function prefixLines({ text, from, to }: Selected, sign: string): Edit {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const next = text.indexOf('\n', to);
  const end = next < 0 ? text.length : next;
  const lines = text.slice(start, end).split('\n');
  const has = lines.every((line) => line.startsWith(sign));
  const insert = lines.map((line) => (has ? line.slice(sign.length) : sign + line)).join('\n');
  const caret = start + insert.length;
  return { from: start, to: end, insert, select: from === to ? [caret, caret] : [start, caret] };
}

/** Makes a link of the selection and selects where its address goes. */
export function link({ text, from, to }: Selected, words: string): Edit {
  const shown = text.slice(from, to) || words;
  const address = 'https://';
  const start = from + shown.length + 3;
  return { from, to, insert: `[${shown}](${address})`, select: [start, start + address.length] };
}

/** What stands between an `@` and the caret; null where nobody is being named. */
export function mentionAt(text: string, caret: number): { from: number; query: string } | null {
  const before = text.slice(Math.max(0, caret - 60), caret);
  const [, sign, query] = /(?:^|[\s(,;:"'„“»*_-])(@([^@\s[\]()][^@\n[\]()]{0,39})?)$/u.exec(before) ?? [];
  return sign === undefined ? null : { from: caret - sign.length, query: query ?? '' };
}

/** Names somebody by their id: the name shown is always the present one. */
export function mention(at: { from: number }, caret: number, who: { kind: string; id: string; name: string }): Edit {
  const name = who.name.replace(/[[\]\\]/g, '\\$&');
  const insert = `[@${name}](${who.kind}:${who.id}) `;
  const end = at.from + insert.length;
  return { from: at.from, to: caret, insert, select: [end, end] };
}

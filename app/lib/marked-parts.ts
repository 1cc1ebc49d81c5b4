/** A piece of a text that the search found, or did not. */
export interface MarkedPart {
  text: string;
  found: boolean;
}

/** Cuts what a search answers at its marks: finds lie between U+0002 and U+0003, which no stored text contains there. */
export function markedParts(marked: string): MarkedPart[] {
  const parts: MarkedPart[] = [];
  let found = false;
  let from = 0;
  for (let at = 0; at <= marked.length; at++) {
    const sign = marked[at];
    if (at < marked.length && sign !== '\u0002' && sign !== '\u0003') continue;
    if (at > from) parts.push({ text: marked.slice(from, at), found });
    found = sign === '\u0002';
    from = at + 1;
  }
  return parts;
}

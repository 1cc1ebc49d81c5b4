/** A piece of a text that holds what is looked for, or does not. */
export interface Part {
  text: string;
  found: boolean;
}

function fold(text: string): string {
  return text.toLocaleLowerCase('und');
}

/** Cuts a text at every place where `wanted` stands, case not regarded. */
export function markParts(text: string, wanted: string): Part[] {
  const needle = fold(wanted.trim());
  const hay = fold(text);
  // Folding may change lengths in rare scripts; then a mark would fall between letters, so nothing is marked.
  if (needle === '' || hay.length !== text.length) return [{ text, found: false }];
  const parts: Part[] = [];
  let from = 0;
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), found: false });
    parts.push({ text: text.slice(at, at + needle.length), found: true });
    from = at + needle.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), found: false });
  return parts;
}

export function contains(text: string, wanted: string): boolean {
  const needle = fold(wanted.trim());
  return needle !== '' && fold(text).includes(needle);
}

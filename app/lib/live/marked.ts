import type { Part } from './find.ts';

const open = '\u0002';
const close = '\u0003';

/** Cuts a text of the database's search at its marks: a find begins with U+0002 and ends with U+0003. */
export function markedParts(text: string): Part[] {
  const parts: Part[] = [];
  for (const [index, piece] of text.split(open).entries()) {
    const [found, rest = ''] = index === 0 ? ['', piece] : cut(piece);
    if (found) parts.push({ text: found, found: true });
    if (rest) parts.push({ text: rest, found: false });
  }
  return parts;
}

function cut(piece: string): [string, string] {
  const end = piece.indexOf(close);
  return end < 0 ? [piece, ''] : [piece.slice(0, end), piece.slice(end + close.length)];
}

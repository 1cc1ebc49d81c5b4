/** A text that is too long, in two: cut at the last heading that lies within the limit, else at the last line, else at the limit. */
export function cutAt(text: string, limit: number): { first: string; rest: string; title: string } {
  const head = text.slice(0, limit);
  const heading = [...head.matchAll(/^#{1,6} +(.+)$/gm)].findLast(({ index }) => index > 0);
  const line = head.lastIndexOf('\n');
  const at = heading?.index ?? (line > 0 ? line + 1 : limit);
  return { first: text.slice(0, at).trimEnd(), rest: text.slice(at), title: (heading?.[1] ?? '').trim().slice(0, 200) };
}

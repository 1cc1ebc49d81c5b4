import type { Part } from './find.ts';
import type { Speaker } from './speakers.ts';

/** A line as it stands beside a found one. */
export interface NeighbourLine {
  id: number;
  speaker: Speaker;
  text: string;
}

export interface FoundLine {
  id: number;
  spokenAt: string;
  speaker: Speaker;
  /** The line, or pieces of a long one, cut at the finds. */
  parts: Part[];
  before: NeighbourLine | null;
  after: NeighbourLine | null;
}

/** A session in which something was found; a search that goes on may come back to the same one. */
export interface FoundSession {
  id: string;
  title: string | null;
  startedAt: string;
  campaign: { id: string; name: string | null };
  lines: FoundLine[];
}

/** Puts further finds behind those that are there; a session that was cut by the page becomes one again. */
export function joinFound(before: readonly FoundSession[], further: readonly FoundSession[]): FoundSession[] {
  const last = before.at(-1);
  const first = further[0];
  if (!last || last.id !== first?.id) return [...before, ...further];
  return [...before.slice(0, -1), { ...last, lines: [...last.lines, ...first.lines] }, ...further.slice(1)];
}

import type { Line } from './line.ts';
import { matchNpc, type SpeakingNpc } from './speakers.ts';

/** Where the voice service gives no length, a line is taken to last this long per letter, and not longer than the rest. */
const letterMs = 65;
const longestGuessMs = 12_000;

/** When a line has been spoken to its end, in milliseconds. */
export function endOf(line: Line): number {
  return line.spokenAt + (line.durationMs || Math.min(longestGuessMs, line.text.length * letterMs));
}

/** When each NPC last spoke, by NPC id. */
export function lastSpoken(lines: readonly Line[], npcs: readonly SpeakingNpc[]): ReadonlyMap<string, number> {
  const spoken = new Map<string, number>();
  for (let index = lines.length - 1; index >= 0 && spoken.size < npcs.length; index -= 1) {
    const line = lines[index]!;
    const npc = matchNpc(line, npcs);
    if (npc && !spoken.has(npc.id)) spoken.set(npc.id, endOf(line));
  }
  return spoken;
}

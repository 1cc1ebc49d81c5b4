import type { Line } from './line.ts';
import { foldName } from './speakers.ts';

/** A line given to an NPC to say stands as "speaking…" for this long, then as not written down yet. */
export const speakingForMs = 60_000;

export interface SentLine {
  key: string;
  npc: string;
  text: string;
  /** Server time in milliseconds. */
  sentAt: number;
}

function foldText(text: string): string {
  return foldName(text)
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’‚]/g, "'");
}

/**
 * Takes away the sent lines that have become real ones: same NPC, same text, spoken within 60 s of being sent (whenever they were
 * written down). One real line stands for one sent line.
 */
export function settleSent(sent: readonly SentLine[], arrived: readonly Line[]): readonly SentLine[] {
  if (sent.length === 0 || arrived.length === 0) return sent;
  const left = [...sent];
  for (const line of arrived) {
    const index = left.findIndex(
      (each) =>
        foldName(each.npc) === foldName(line.speakerName) &&
        foldText(each.text) === foldText(line.text) &&
        Math.abs(line.spokenAt - each.sentAt) <= speakingForMs,
    );
    if (index >= 0) left.splice(index, 1);
  }
  return left.length === sent.length ? sent : left;
}

export function sentState(line: SentLine, now: number): 'speaking' | 'unwritten' {
  return now - line.sentAt <= speakingForMs ? 'speaking' : 'unwritten';
}

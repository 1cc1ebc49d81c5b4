import type { Line } from './line.ts';
import type { Speaker } from './speakers.ts';

/** Lines of one speaker that follow within this time stand together. */
export const joinWithinMs = 20_000;
/** A silence longer than this is a rule with the time at which it goes on. */
export const gapMs = 2 * 60_000;
/** A silence longer than this is a break and says how long it was. */
export const breakMs = 10 * 60_000;

export type Gap = { kind: 'time'; at: number } | { kind: 'break'; at: number; forMs: number };

/** What stands together in a transcript: one speaker, one time, one or more lines. */
export interface Block {
  /** The id of its first line. */
  id: number;
  speaker: Speaker;
  spokenAt: number;
  lines: readonly Line[];
  /** The silence before it, when it was long enough to be shown. */
  gap: Gap | null;
}

interface Open {
  speaker: Speaker;
  lines: Line[];
  gap: Gap | null;
}

function endOf(line: Line): number {
  return line.spokenAt + line.durationMs;
}

export function gapBetween(before: Line, after: Line): Gap | null {
  const silence = after.spokenAt - endOf(before);
  if (silence > breakMs) return { kind: 'break', at: after.spokenAt, forMs: silence };
  if (silence > gapMs) return { kind: 'time', at: after.spokenAt };
  return null;
}

/**
 * Groups lines (in the order they were spoken) into blocks. Blocks that have not changed are the same objects as in `previous`, so a
 * list of thousands draws only what is new.
 */
export function toBlocks(
  lines: readonly Line[],
  speakerOf: (line: Line) => Speaker,
  previous: readonly Block[] = [],
): Block[] {
  const before = new Map(previous.map((block) => [block.id, block]));
  const blocks: Block[] = [];
  let open = null as Open | null;

  const close = ({ speaker, lines: own, gap }: Open) => {
    const first = own[0]!;
    const same = before.get(first.id);
    const unchanged =
      same &&
      same.speaker === speaker &&
      same.lines.length === own.length &&
      same.lines.every((line, index) => line === own[index]) &&
      same.gap?.kind === gap?.kind &&
      same.gap?.at === gap?.at;
    blocks.push(unchanged ? same : { id: first.id, speaker, spokenAt: first.spokenAt, lines: own, gap });
  };

  for (const line of lines) {
    const speaker = speakerOf(line);
    const last: Line | undefined = open?.lines.at(-1);
    if (open && last && open.speaker.key === speaker.key && line.spokenAt - endOf(last) <= joinWithinMs) {
      open.lines.push(line);
      continue;
    }
    if (open) close(open);
    open = { speaker, lines: [line], gap: last ? gapBetween(last, line) : null };
  }
  if (open) close(open);
  return blocks;
}

/** Share of lines and of talking time per speaker, most first. Without durations the length of the text stands for the time. */
export interface Share {
  speaker: Speaker;
  lines: number;
  share: number;
}

export function shares(lines: readonly Line[], speakerOf: (line: Line) => Speaker): Share[] {
  const timed = lines.some((line) => line.durationMs > 0);
  const sums = new Map<string, { speaker: Speaker; lines: number; weight: number }>();
  let total = 0;
  for (const line of lines) {
    const speaker = speakerOf(line);
    const sum = sums.get(speaker.key) ?? { speaker, lines: 0, weight: 0 };
    const weight = timed ? line.durationMs : line.text.length;
    sum.lines += 1;
    sum.weight += weight;
    total += weight;
    sums.set(speaker.key, sum);
  }
  return [...sums.values()]
    .map(({ speaker, lines: count, weight }) => ({ speaker, lines: count, share: total === 0 ? 0 : weight / total }))
    .sort((a, b) => b.share - a.share || b.lines - a.lines || a.speaker.name.localeCompare(b.speaker.name));
}

/** Everybody who spoke: NPCs, then players, then the Dungeon Master, each by name. */
export function speakersOf(blocks: readonly Block[]): Speaker[] {
  const speakers = new Map(blocks.map((block) => [block.speaker.key, block.speaker]));
  const order = { npc: 0, player: 1, dm: 2 };
  return [...speakers.values()].sort((a, b) => order[a.kind] - order[b.kind] || a.name.localeCompare(b.name));
}

import type { Pigment } from '#domain/pigments.ts';
import { toBlocks, type Block } from './blocks.ts';
import { endOf } from './last-spoken.ts';
import type { Line } from './line.ts';
import { sentState, settleSent, type SentLine } from './sent-lines.ts';
import { Cast, foldName, type Speaker, type SpeakingNpc, type Table } from './speakers.ts';

/** A small line between the lines: who muted whom. */
export interface Note {
  id: number;
  at: number;
  text: string;
}

export interface ShownSent extends SentLine {
  pigment: Pigment;
  state: 'speaking' | 'unwritten';
}

/** Lines that were spoken this long before they arrived come in batches. */
export const batchMs = 60_000;
/** What the console derives from lines and adds to them. Times are the server's, in milliseconds. */
export class ConsoleScript {
  sent = $state.raw<readonly SentLine[]>([]);
  notes = $state.raw<readonly Note[]>([]);
  #cast: Cast;
  #npcs: readonly SpeakingNpc[];
  #blocks: Block[] = [];
  #nextNote = 1;

  constructor(table: Table) {
    this.#cast = new Cast(table);
    this.#npcs = table.npcs;
  }

  /** Blocks of these lines; unchanged ones are the same objects as before. */
  blocks(lines: readonly Line[]): readonly Block[] {
    this.#blocks = toBlocks(lines, (line) => this.#cast.speaker(line), this.#blocks);
    return this.#blocks;
  }

  speaker(line: Line): Speaker {
    return this.#cast.speaker(line);
  }

  speakerName(line: Line): string {
    return this.#cast.speaker(line).name;
  }

  isNpc(line: Line): boolean {
    return this.#cast.speaker(line).kind === 'npc';
  }

  note(text: string, at: number): void {
    this.notes = [...this.notes, { id: this.#nextNote++, at, text }];
  }

  say(npc: string, text: string, at: number): void {
    this.sent = [...this.sent, { key: crypto.randomUUID(), npc, text, sentAt: at }];
  }

  /** A line that the voice service refused. */
  unsay(npc: string, text: string, at: number): void {
    this.sent = this.sent.filter((line) => line.npc !== npc || line.text !== text || line.sentAt !== at);
  }

  arrived(lines: readonly Line[]): void {
    this.sent = settleSent(this.sent, lines);
  }

  shownSent(now: number): readonly ShownSent[] {
    return this.sent.map((line) => ({
      ...line,
      pigment: this.#npcs.find((npc) => foldName(npc.name) === foldName(line.npc))?.pigment ?? 1,
      state: sentState(line, now),
    }));
  }

  /** The NPC that speaks now and the block it does so in: the newest NPC line whose end is still to come. */
  speaking(lines: readonly Line[], now: number): Line | null {
    for (let index = lines.length - 1; index >= Math.max(0, lines.length - 5); index -= 1) {
      const line = lines[index];
      if (line && endOf(line) > now && this.isNpc(line)) return line;
    }
    return null;
  }
}

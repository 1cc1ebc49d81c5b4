import type { Line } from './line.ts';

/** Lines may become visible out of the order of their ids; a catch-up goes back this far before the break. */
export const overlapMs = 15_000;

/** In the order they were spoken; of two spoken at once the lower id was written first. */
export function compareLines(a: Line, b: Line): number {
  return a.spokenAt - b.spokenAt || a.id - b.id;
}

export interface Merged {
  /** Lines that were not there before, in the order they were spoken. */
  added: Line[];
  /** How many of them belong before a line that was there already. */
  late: number;
}

/**
 * The lines of one session that a page holds. Every line is in it once, whatever was read, broadcast or read again; lines that arrive
 * late stand where they belong. `lines` is a new array after every change, so that it can be watched by identity.
 *
 * Ids are not gap-free (all sessions of a table share one sequence), so a missing number means nothing and is never waited for.
 */
export class Transcript {
  lines: readonly Line[] = [];
  #arrivals = new Map<number, number>();

  /** @param now milliseconds of any steady clock, the same one for every call. */
  merge(incoming: readonly Line[], now: number): Merged {
    const added: Line[] = [];
    for (const line of incoming) {
      if (this.#arrivals.has(line.id)) continue;
      this.#arrivals.set(line.id, now);
      added.push(line);
    }
    if (added.length === 0) return { added, late: 0 };
    added.sort(compareLines);

    const last = this.lines.at(-1);
    const firstAdded = added[0]!;
    if (!last || compareLines(last, firstAdded) < 0) {
      this.lines = [...this.lines, ...added];
      return { added, late: 0 };
    }
    this.lines = [...this.lines, ...added].sort(compareLines);
    return { added, late: added.filter((line) => compareLines(line, last) < 0).length };
  }

  has(id: number): boolean {
    return this.#arrivals.has(id);
  }

  get size(): number {
    return this.lines.length;
  }

  /** The highest id held, 0 when there is none. */
  get newestId(): number {
    let newest = 0;
    for (const id of this.#arrivals.keys()) if (id > newest) newest = id;
    return newest;
  }

  /** The lowest id held: what lies before it is read with `before`. 0 when there is none. */
  get oldestId(): number {
    let oldest = 0;
    for (const id of this.#arrivals.keys()) if (oldest === 0 || id < oldest) oldest = id;
    return oldest;
  }

  /**
   * The id after which to read so that nothing falls into the break: the newest one that had arrived 15 s before it. When all that is
   * held is younger than that, everything held is read again (it falls away by id).
   */
  resumeAfter(breakAt: number): number {
    let safe = 0;
    for (const [id, arrivedAt] of this.#arrivals) if (arrivedAt <= breakAt - overlapMs && id > safe) safe = id;
    return safe > 0 ? safe : Math.max(0, this.oldestId - 1);
  }

  clear(): void {
    this.lines = [];
    this.#arrivals.clear();
  }
}

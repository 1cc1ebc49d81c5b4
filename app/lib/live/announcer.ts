/** At most one message in this time is read out. */
export const paceMs = 2000;

/**
 * The queue behind the console's spoken line region. The moving list itself is never announced; single lines are read out, and when
 * more than one waits, only their number.
 */
export class Announcer {
  #waiting: string[] = [];
  #urgent: string[] = [];
  #lastAt = Number.NEGATIVE_INFINITY;
  #summary: (count: number) => string;

  /** @param summary words for several lines that came at once. */
  constructor(summary: (count: number) => string) {
    this.#summary = summary;
  }

  line(text: string): void {
    this.#waiting.push(text);
  }

  /** Changes of state and warnings: read out before lines, never summed up; the same one twice in a row is said once. */
  important(text: string): void {
    if (this.#urgent.at(-1) !== text) this.#urgent.push(text);
  }

  /** What to say now, or null. */
  next(now: number): string | null {
    if (now - this.#lastAt < paceMs) return null;
    const urgent = this.#urgent.shift();
    const text = urgent ?? this.#nextLine();
    if (text !== null) this.#lastAt = now;
    return text;
  }

  #nextLine(): string | null {
    const waiting = this.#waiting;
    if (waiting.length === 0) return null;
    this.#waiting = [];
    return waiting.length === 1 ? waiting[0]! : this.#summary(waiting.length);
  }

  get idle(): boolean {
    return this.#waiting.length === 0 && this.#urgent.length === 0;
  }
}

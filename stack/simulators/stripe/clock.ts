/** Seconds since 1970 as the account sees them: this machine's time, moved forward by `advance`. */
export class Clock {
  #offset: number;
  #frozen: number | undefined;

  constructor(offsetSeconds = 0) {
    this.#offset = offsetSeconds;
  }

  /** Seconds ahead of this machine. */
  get offset(): number {
    return this.#offset;
  }

  now(): number {
    return this.#frozen ?? Math.floor(Date.now() / 1_000) + this.#offset;
  }

  /** Runs `act` as if it were `instant`: what is overdue happens at the moment it was due. */
  at<Result>(instant: number, act: () => Result): Result {
    const before = this.#frozen;
    this.#frozen = instant;
    try {
      return act();
    } finally {
      this.#frozen = before;
    }
  }

  setOffset(seconds: number): void {
    this.#offset = seconds;
  }
}

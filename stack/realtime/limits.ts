/**
 * What one server grants. Supabase counts events and joins per project; here one server carries every tenant, so they
 * are counted per connection: one person's flood must not silence another's channels.
 */
export interface Limits {
  /** Open sockets of the whole server. */
  connections: number;
  channelsPerConnection: number;
  /** Average over ten seconds, per connection. */
  joinsPerSecond: number;
  /** Frames from one client, and messages of one REST caller: average over ten seconds. */
  eventsPerSecond: number;
  /** Tracks and first states of presence of the whole server: average over ten seconds. */
  presenceEventsPerSecond: number;
  /** Tracks and untracks of one channel in thirty seconds. */
  presenceCallsPerChannel: number;
  /** One broadcast or presence payload, in bytes of JSON or of the binary body. */
  payloadBytes: number;
  /** Unsent bytes after which a slow reader is disconnected. */
  bufferedBytes: number;
  /** A client sends a heartbeat every 25 s; silent for longer than this it is gone. */
  idleMs: number;
  /** A socket on which nothing is joined is closed after this. */
  emptyMs: number;
}

export const defaultLimits: Limits = {
  connections: 5000,
  channelsPerConnection: 100,
  joinsPerSecond: 100,
  eventsPerSecond: 100,
  presenceEventsPerSecond: 1000,
  presenceCallsPerChannel: 5,
  payloadBytes: 250_000,
  bufferedBytes: 4_000_000,
  idleMs: 60_000,
  emptyMs: 600_000,
};

/** Supabase allows this much above the payload limit, for the envelope. */
export const payloadPadding = 500;

/** Counts events over the last `seconds` whole seconds: a burst is fine, a steady excess is not. */
export class RateCounter {
  #limit: number;
  #buckets: number[];
  #second = 0;
  #sum = 0;

  constructor(perSecond: number, seconds = 10) {
    this.#limit = perSecond * seconds;
    this.#buckets = new Array<number>(seconds).fill(0);
  }

  /** Counts `events` at `now` (ms) and says whether the average is still within the limit. */
  add(events = 1, now = Date.now()): boolean {
    const second = Math.floor(now / 1000);
    const length = this.#buckets.length;
    for (let passed = Math.min(second - this.#second, length); passed > 0; passed--) {
      const slot = (second - passed + 1) % length;
      this.#sum -= this.#buckets[slot]!;
      this.#buckets[slot] = 0;
    }
    this.#second = Math.max(this.#second, second);
    this.#buckets[this.#second % length]! += events;
    this.#sum += events;
    return this.#sum <= this.#limit;
  }
}

/** So many calls in a window that starts with the first of them, as Supabase counts presence calls of a channel. */
export class WindowCounter {
  #calls: number;
  #windowMs: number;
  #used = 0;
  #resetAt = 0;

  constructor(calls: number, windowMs: number) {
    this.#calls = calls;
    this.#windowMs = windowMs;
  }

  add(now = Date.now()): boolean {
    if (now > this.#resetAt) {
      this.#used = 0;
      this.#resetAt = now + this.#windowMs;
    }
    this.#used += 1;
    return this.#used <= this.#calls;
  }
}

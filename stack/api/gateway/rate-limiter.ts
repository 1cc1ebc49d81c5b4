import { type RateLimitName, rateLimits } from '../limits.ts';

const windowMilliseconds = 60_000;

export interface RateLimitResult {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Seconds until the next request would be allowed again. */
  retryAfter: number;
}

interface Bucket {
  tokens: number;
  updated: number;
}

/**
 * A token bucket per limit and caller: a minute's worth at once, then refilled evenly. In memory, since one process serves the
 * origin; full buckets are forgotten.
 */
export class RateLimiter {
  readonly #scale: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();
  #sweptAt: number;

  constructor(scale: number, now: () => number = Date.now) {
    this.#scale = scale;
    this.#now = now;
    this.#sweptAt = now();
  }

  take(name: RateLimitName, caller: string): RateLimitResult {
    const now = this.#now();
    this.#sweep(now);
    const limit = Math.max(1, Math.floor(rateLimits[name].perMinute * this.#scale));
    const perMillisecond = limit / windowMilliseconds;
    const key = `${name} ${caller}`;
    const bucket = this.#buckets.get(key) ?? { tokens: limit, updated: now };
    bucket.tokens = Math.min(limit, bucket.tokens + (now - bucket.updated) * perMillisecond);
    bucket.updated = now;
    this.#buckets.set(key, bucket);
    const allowed = bucket.tokens >= 1;
    if (allowed) bucket.tokens -= 1;
    return {
      allowed,
      limit,
      remaining: Math.floor(bucket.tokens),
      retryAfter: allowed ? 0 : Math.max(1, Math.ceil((1 - bucket.tokens) / perMillisecond / 1_000)),
    };
  }

  /** A bucket untouched for a window is full again, and as good as none. */
  #sweep(now: number): void {
    if (now - this.#sweptAt < windowMilliseconds) return;
    this.#sweptAt = now;
    for (const [key, bucket] of this.#buckets)
      if (now - bucket.updated >= windowMilliseconds) this.#buckets.delete(key);
  }
}

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** As long as an evening of work. Nothing renews it, and the end of the process ends all. */
export const sessionSeconds = 4 * 3600;
export const sessionCookie = 'glyphoxa_studio';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Who gave the password, in memory only: tokens are kept as their hashes. */
export class Sessions {
  readonly #password: Buffer;
  readonly #now: () => number;
  /** Hash of the token to the moment it ends, in milliseconds. */
  readonly #ends = new Map<string, number>();

  constructor(password: string, now: () => number = Date.now) {
    this.#password = digest(password);
    this.#now = now;
  }

  /** A new token for the right password; the time it takes tells nothing of the password. */
  open(password: string): string | undefined {
    if (!timingSafeEqual(digest(password), this.#password)) return undefined;
    for (const [key, end] of this.#ends) if (end <= this.#now()) this.#ends.delete(key);
    const token = randomBytes(32).toString('base64url');
    this.#ends.set(digest(token).toString('hex'), this.#now() + sessionSeconds * 1_000);
    return token;
  }

  holds(token: string | undefined): boolean {
    const end = token === undefined ? undefined : this.#ends.get(digest(token).toString('hex'));
    return end !== undefined && end > this.#now();
  }

  close(token: string | undefined): void {
    if (token !== undefined) this.#ends.delete(digest(token).toString('hex'));
  }
}

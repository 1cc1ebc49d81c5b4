import { createHash } from 'node:crypto';
import type { Account } from '../account.ts';
import { ApiError } from './errors.ts';

/** A request that was made with an Idempotency-Key, and what it was answered. */
export interface RememberedAnswer {
  /** The key. */
  id: string;
  /** Of method, path and parameters. */
  fingerprint: string;
  created: number;
  request: string;
  status: number;
  body: string;
}

const rememberedSeconds = 24 * 3_600;
const longestKey = 255;

/** Keys whose first request has not been answered yet. */
export class Keys {
  readonly #busy = new Set<string>();

  /** Runs the request, or replays its answer when this key was answered within a day. */
  async once(
    account: Account,
    key: string | undefined,
    request: { method: string; path: string; body: string },
    answer: () => Promise<Omit<RememberedAnswer, 'id' | 'fingerprint' | 'created'> & { remember: boolean }>,
  ): Promise<{ status: number; body: string; request: string; replayed: boolean }> {
    if (key === undefined || key === '' || request.method === 'GET') return { ...(await answer()), replayed: false };
    if (key.length > longestKey)
      throw new ApiError(400, {
        type: 'idempotency_error',
        message: `Idempotency keys are limited to ${longestKey} characters.`,
      });
    const fingerprint = createHash('sha256').update(`${request.method} ${request.path}\n${request.body}`).digest('hex');
    const known = account.store.find('answer', key);
    if (known && known.created + rememberedSeconds > account.now()) {
      if (known.fingerprint !== fingerprint) throw otherRequest(key);
      return { ...known, replayed: true };
    }
    if (this.#busy.has(key)) throw inUse(key);
    this.#busy.add(key);
    try {
      const { remember, ...given } = await answer();
      if (remember) account.store.put('answer', { id: key, fingerprint, created: account.now(), ...given });
      return { ...given, replayed: false };
    } finally {
      this.#busy.delete(key);
    }
  }
}

function otherRequest(key: string): ApiError {
  return new ApiError(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}

function inUse(key: string): ApiError {
  return new ApiError(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  });
}

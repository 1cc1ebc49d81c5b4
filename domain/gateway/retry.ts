import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayError } from './errors.ts';

const attempts = 3;
const firstPauseMs = 60;

/**
 * Tries a read up to three times while the gateway is unavailable, with growing, random pauses, as long as the deadline allows.
 * A deadline that passed is not tried again: the next attempt would find the same gateway busy.
 */
export async function retryRead<Answer>(
  attempt: () => Promise<Answer>,
  isRetryable: (thrown: unknown) => thrown is GatewayError,
  deadline: number,
): Promise<Answer> {
  for (let made = 1; ; made += 1) {
    try {
      return await attempt();
    } catch (thrown) {
      const pause = firstPauseMs * 2 ** (made - 1) * (0.5 + Math.random());
      if (made === attempts || !isRetryable(thrown) || Date.now() + pause >= deadline) throw thrown;
      await sleep(pause);
    }
  }
}

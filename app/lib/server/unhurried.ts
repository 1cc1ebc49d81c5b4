import { setTimeout as wait } from 'node:timers/promises';

/** Seconds after which the API's limit of calls per minute has let somebody in again, for sure. */
const patience = 60;

/** Asks again, a second later each time, while the API says that this person asks too often. For long downloads of many calls. */
export async function unhurried<T extends { error: object | null; status?: number }>(
  ask: () => PromiseLike<T>,
): Promise<T> {
  for (let waited = 0; ; waited += 1) {
    const answer = await ask();
    const status = answer.status ?? (answer.error && 'status' in answer.error ? answer.error.status : undefined);
    if (status !== 429 || waited >= patience) return answer;
    await wait(1000);
  }
}

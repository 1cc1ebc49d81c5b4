import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type ProcessIdentity, signal } from './processes.ts';

const politeMs = 8_000;
const pollMs = 25;

/** Ends processes that a killed supervisor left behind: politely, all at once, then by force. */
export async function endOrphans(left: (ProcessIdentity & { name: string })[]): Promise<string[]> {
  const alive = left.filter(isAlive);
  // SIGINT is a fast shutdown for Postgres, which takes SIGTERM as "once every client has left".
  for (const { pid, name } of alive) signal(pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  const deadline = Date.now() + politeMs;
  while (alive.some(isAlive) && Date.now() < deadline) await delay(pollMs);
  const stubborn = alive.filter(isAlive);
  for (const { pid } of stubborn) signal(pid, 'SIGKILL');
  while (stubborn.some(isAlive)) await delay(pollMs);
  return alive.map(({ name }) => name);
}

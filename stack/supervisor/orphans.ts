import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type ProcessIdentity, signal } from './processes.ts';

const politeMs = 8_000;
const pollMs = 25;

/** Ends what a killed supervisor left behind, each process with its group: politely, all at once, then by force. */
export async function endOrphans(left: (ProcessIdentity & { name: string })[]): Promise<string[]> {
  const alive = left.filter(isAlive);
  for (const { pid, name } of alive) {
    // A fast shutdown: Postgres takes SIGTERM as "once every client has left". Its own processes it ends itself.
    if (name === 'postgres') signal(pid, 'SIGINT');
    else signal(-pid, 'SIGTERM');
  }
  const deadline = Date.now() + politeMs;
  while (alive.some(isAlive) && Date.now() < deadline) await delay(pollMs);
  const stubborn = alive.filter(isAlive);
  for (const { pid } of stubborn) signal(-pid, 'SIGKILL');
  while (stubborn.some(isAlive)) await delay(pollMs);
  return alive.map(({ name }) => name);
}

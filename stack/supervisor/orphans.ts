import { setTimeout as delay } from 'node:timers/promises';
import { findByEnvironment, isAlive, type ProcessIdentity, signal } from './processes.ts';

const politeMs = 8_000;
const pollMs = 25;

/** Set for every process of a stack to `name@home`, so that it can be found when nobody wrote it down. */
export const markName = 'GLYPHOXA_SERVICE';

export function markOf(name: string, home: string): Record<string, string> {
  return { [markName]: `${name}@${home}` };
}

type Left = ProcessIdentity & { name: string };

/**
 * Ends what a killed supervisor left of the stack in `home`, each process with its group: politely, all at once, then by
 * force. Beside what was written down there may be processes that were started in the moment before the kill.
 */
export async function endOrphans(home: string, writtenDown: Left[]): Promise<string[]> {
  const found = new Map<number, Left>();
  for (const left of [...unwritten(home), ...writtenDown.filter(isAlive)]) found.set(left.pid, left);
  const alive = [...found.values()];
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

/** Leaders of process groups with the mark of this stack; their children end with them. */
function unwritten(home: string): Left[] {
  const end = `@${home}`;
  return findByEnvironment(markName).flatMap(({ value, ...identity }) =>
    value.endsWith(end) ? [{ ...identity, name: value.slice(0, -end.length) }] : [],
  );
}

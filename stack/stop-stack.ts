import { setTimeout as delay } from 'node:timers/promises';
import { locateStack } from './context.ts';
import { endOrphans } from './supervisor/orphans.ts';
import { isAlive, signal } from './supervisor/processes.ts';
import { readState, removeState } from './supervisor/state-file.ts';

/** Longer than the supervisor's own time limits together. */
const patienceMs = 45_000;
const pollMs = 50;

/** Ends the stack of this folder, also one whose supervisor was killed. Stopping twice is no error. */
export async function stopStack(): Promise<number> {
  const { home } = locateStack(process.env);
  const state = readState(home);
  if (!state) {
    console.log(`No stack runs in ${home}.`);
    return 0;
  }
  if (isAlive(state.supervisor)) signal(state.supervisor.pid, 'SIGTERM');
  const deadline = Date.now() + patienceMs;
  while (isAlive(state.supervisor) && Date.now() < deadline) await delay(pollMs);
  if (isAlive(state.supervisor)) signal(state.supervisor.pid, 'SIGKILL');
  await endOrphans(readState(home)?.services ?? []);
  removeState(home);
  console.log(`The stack in ${home} is stopped.`);
  return 0;
}

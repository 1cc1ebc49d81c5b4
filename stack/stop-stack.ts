import { setTimeout as delay } from 'node:timers/promises';
import { locateStack } from './context.ts';
import { endOrphans } from './supervisor/orphans.ts';
import { isAlive, type ProcessIdentity, signal } from './supervisor/processes.ts';
import { readState, removeState } from './supervisor/state-file.ts';

/** Longer than the supervisor's own time limits together. */
const patienceMs = 45_000;
const pollMs = 50;

/** Ends the stack of this folder, also one whose supervisor was killed. Stopping twice is no error. */
export async function stopStack(): Promise<number> {
  const { home } = locateStack(process.env);
  const state = readState(home);
  if (state) await endSupervisor(state.supervisor);
  const ended = await endOrphans(home, readState(home)?.services ?? []);
  removeState(home);
  const wasThere = state !== undefined || ended.length > 0;
  console.log(wasThere ? `The stack in ${home} is stopped.` : `No stack runs in ${home}.`);
  return 0;
}

async function endSupervisor(supervisor: ProcessIdentity): Promise<void> {
  if (isAlive(supervisor)) signal(supervisor.pid, 'SIGTERM');
  const deadline = Date.now() + patienceMs;
  while (isAlive(supervisor) && Date.now() < deadline) await delay(pollMs);
  if (isAlive(supervisor)) signal(supervisor.pid, 'SIGKILL');
}

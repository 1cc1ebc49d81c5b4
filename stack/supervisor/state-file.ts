// `<home>/stack.json`: which supervisor runs this stack and which processes belong to it. It makes a second start refuse,
// lets `stop` and `env` find the stack, and lets the next start end what a killed supervisor left behind.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackCommand, StackContext } from '../context.ts';
import { StackError } from '../errors.ts';
import { identify, isAlive, type ProcessIdentity } from './processes.ts';

export interface StackState {
  command: StackCommand;
  /** `GLYPHOXA_PORT` it was started with. */
  port: number;
  supervisor: ProcessIdentity;
  /** True from the moment everything is healthy and seeded. */
  ready: boolean;
  services: (ProcessIdentity & { name: string })[];
}

export function stateFile(home: string): string {
  return join(home, 'stack.json');
}

/** The last written state, of a running stack or of a killed one. */
export function readState(home: string): StackState | undefined {
  const file = stateFile(home);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StackState;
  } catch (error) {
    // The machine lost power while writing; there is no process of it left to end.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The state of the stack that runs in this folder now. */
export function runningState(home: string): StackState | undefined {
  const state = readState(home);
  return state && isAlive(state.supervisor) ? state : undefined;
}

/** Takes the folder for this process. Returns the services that a killed supervisor left, some of which may still run. */
export function claimHome({ home, command, ports }: StackContext): { state: StackState; left: StackState['services'] } {
  const before = readState(home);
  if (before && isAlive(before.supervisor)) throw alreadyRuns(home, before.supervisor.pid);
  const supervisor = identify(process.pid);
  if (!supervisor) throw new Error('A running process must be able to identify itself.');
  const left = before?.services ?? [];
  // What was left stays written down until it is ended: this start may be killed as well.
  const state: StackState = { command, port: ports.app, supervisor, ready: false, services: left };
  writeState(home, state);
  return { state, left };
}

export function writeState(home: string, state: StackState): void {
  const draft = `${stateFile(home)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, stateFile(home));
}

export function removeState(home: string): void {
  rmSync(stateFile(home), { force: true });
}

function alreadyRuns(home: string, pid: number): StackError {
  return new StackError(
    `The stack in ${home} runs already (process ${pid}): run \`npm run stop\`, or set GLYPHOXA_HOME and GLYPHOXA_PORT for a second one.`,
  );
}

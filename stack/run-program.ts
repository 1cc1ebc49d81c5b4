import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { StackError } from './errors.ts';
import { signal as send } from './supervisor/processes.ts';
import { nodeBinary } from './tools.ts';

/** What a step of the start gives to the programs it runs, so that they end when the stack does, even after kill -9. */
export interface Oversight {
  /** Ends the program early. */
  signal: AbortSignal;
  /** Variables by which a later start knows the program as this stack's. */
  mark: Record<string, string>;
  /** Writes the program down among the stack's processes until it ends. */
  track: (child: ChildProcess) => void;
}

export interface Program {
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  /** Said when it fails, before its own output: "The migrations could not be applied". */
  failure: string;
  oversight?: Oversight;
}

/** Runs a program to its end. Resolves with what it wrote to stdout. */
export async function runProgram(program: Program): Promise<string> {
  const { command, args, failure, oversight, ...options } = program;
  const env = { ...options.env, ...oversight?.mark };
  // Under oversight it leads a process group, so that what it starts itself ends with it.
  const child = spawn(command, args, {
    ...options,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: oversight !== undefined,
  });
  const abort = () => child.pid !== undefined && send(-child.pid, 'SIGTERM');
  oversight?.track(child);
  oversight?.signal.addEventListener('abort', abort, { once: true });
  let stdout = '';
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((done, reject) => {
    child.once('error', reject);
    child.once('close', done);
  }).finally(() => oversight?.signal.removeEventListener('abort', abort));
  if (code !== 0) throw new StackError(`${failure}: ${output.trim() || `ended with code ${code}`}`);
  return stdout;
}

export interface NodeScript extends Omit<Program, 'command' | 'cwd'> {
  root: string;
  /** Path of the script inside the repository, or an absolute one. */
  script: string;
}

/** Runs one of our scripts, or a tool written for Node, in the repository. */
export function runNode({ root, script, args, ...program }: NodeScript): Promise<string> {
  return runProgram({ ...program, command: nodeBinary(), args: [resolve(root, script), ...args], cwd: root });
}

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { StackError } from './errors.ts';
import { nodeBinary } from './tools.ts';

export interface NodeRun {
  root: string;
  /** Path of the script inside the repository, or an absolute one. */
  script: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Said when it fails, before its own output: "The migrations could not be applied". */
  failure: string;
  /** Ends it early. */
  signal?: AbortSignal;
}

/** Runs one of our scripts, or a tool written for Node, to its end. Resolves with what it wrote to stdout. */
export async function runNode({ root, script, args, env, failure, signal }: NodeRun): Promise<string> {
  const child = spawn(nodeBinary(), [resolve(root, script), ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  let stdout = '';
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new StackError(`${failure}: ${output.trim() || `ended with code ${code}`}`);
  return stdout;
}

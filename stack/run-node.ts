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
}

/** Runs one of our scripts, or a tool written for Node, to its end. */
export async function runNode({ root, script, args, env, failure }: NodeRun): Promise<void> {
  const child = spawn(nodeBinary(), [resolve(root, script), ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new StackError(`${failure}: ${output.trim() || `ended with code ${code}`}`);
}

import { join } from 'node:path';
import type { StackContext } from '../context.ts';
import { compileCacheFolder, nodeBinary } from '../tools.ts';
import type { ServiceDefinition } from './types.ts';

/**
 * Heap limits in MB. Measured after some seconds of load: a process with these keeps half the memory of one without, which
 * lets its young generation and its heap grow towards the size of the machine.
 */
export interface Heap {
  old: number;
  semi: number;
}

/** Command line of one of our Node processes. */
export function nodeCommand(
  context: StackContext,
  script: string,
  heap: Heap,
): Pick<ServiceDefinition, 'command' | 'args'> {
  const limits = [`--max-old-space-size=${heap.old}`, `--max-semi-space-size=${heap.semi}`];
  return { command: nodeBinary(), args: [...limits, '--enable-source-maps', join(context.root, script)] };
}

/** Where and how a Node process runs and listens. */
export function listenOn(context: StackContext, port: number): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    PORT: String(port),
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: compileCacheFolder(context.root),
  };
}

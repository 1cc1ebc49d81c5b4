import { join } from 'node:path';
import type { StackContext } from '../context.ts';
import { compileCacheFolder, nodeBinary } from '../tools.ts';
import type { ServiceDefinition } from './types.ts';

/** Heap limits in MB; small young generations keep idle processes small, at the price of more, short collections. */
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

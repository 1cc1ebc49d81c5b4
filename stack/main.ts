// `npm start | run demo | run dev | run stop | run -s stack:env`: the embedded stack's commands.
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { locateStack } from './context.ts';
import { StackError } from './errors.ts';
import { compileCacheFolder } from './tools.ts';

const usage = 'Usage: node stack/main.ts start | demo | dev | stop | env';

/** Loaded when asked for: `env` is called often and must not wait for the supervisor's modules. */
async function run(command: string | undefined): Promise<number> {
  const { root } = locateStack(process.env);
  enableCompileCache(compileCacheFolder(root));
  switch (command) {
    case 'start':
      if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
      return (await import('./run-stack.ts')).runStack(command);
    case 'demo':
    case 'dev':
      return (await import('./run-stack.ts')).runStack(command);
    case 'stop':
      return (await import('./stop-stack.ts')).stopStack();
    case 'env':
      return (await import('./print-environment.ts')).printEnvironment();
    default:
      throw new StackError(usage);
  }
}

try {
  process.exitCode = await run(process.argv[2]);
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

import { locateStack, type StackContext } from './context.ts';
import { createContext } from './create-context.ts';
import { StackError } from './errors.ts';
import { runningState } from './supervisor/state-file.ts';

/** The ready stack of the folder that `env` names, as it was started: its own ports, whatever GLYPHOXA_PORT says now. */
export function runningContext(env: NodeJS.ProcessEnv): StackContext {
  const { home } = locateStack(env);
  const state = runningState(home);
  if (!state) throw new StackError(`No stack runs in ${home}: run \`npm start\` or \`npm run demo\`.`);
  if (!state.ready) throw new StackError(`The stack in ${home} is still starting.`);
  return createContext(state.command, { ...env, GLYPHOXA_PORT: String(state.port) });
}

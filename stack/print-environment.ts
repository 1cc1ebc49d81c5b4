import { locateStack } from './context.ts';
import { createContext } from './create-context.ts';
import { dotenvLines, stackEnvironment } from './environment.ts';
import { StackError } from './errors.ts';
import { runningState } from './supervisor/state-file.ts';

/** Prints nothing but dotenv lines, and only when the stack is ready. */
export function printEnvironment(): number {
  const { home } = locateStack(process.env);
  const state = runningState(home);
  if (!state) throw new StackError(`No stack runs in ${home}: run \`npm start\` or \`npm run demo\`.`);
  if (!state.ready) throw new StackError(`The stack in ${home} is still starting.`);
  console.log(dotenvLines(stackEnvironment(createContext(state.command, process.env))));
  return 0;
}

import { dotenvLines, stackEnvironment } from './environment.ts';
import { runningContext } from './running-context.ts';

/** Prints nothing but dotenv lines, and only when the stack is ready. */
export function printEnvironment(): number {
  console.log(dotenvLines(stackEnvironment(runningContext(process.env))));
  return 0;
}

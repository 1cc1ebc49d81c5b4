import type { StackContext } from './context.ts';
import { StackError } from './errors.ts';
import { saveSecrets } from './secrets.ts';

/** Long enough to resist guessing through the door, and such that a dotenv line carries it through any shell. */
const acceptable = /^[^\s"'`$\\]{12,128}$/;

/** The operator's own password of Studio in place of the generated one. */
export function withChosenPassword(context: StackContext): StackContext {
  const chosen = context.settings.GLYPHOXA_STUDIO_PASSWORD;
  if (chosen === undefined) return context;
  if (!acceptable.test(chosen)) {
    throw new StackError(
      'GLYPHOXA_STUDIO_PASSWORD must have 12 to 128 characters, without spaces, quotes, $, ` and \\.',
    );
  }
  return { ...context, secrets: { ...context.secrets, studioPassword: chosen } };
}

/** Keeps a chosen password with the other secrets, so that `stack:env` knows it. Only a stack that came up may do so. */
export function keepChosenPassword({ home, settings, secrets }: StackContext): void {
  if (settings.GLYPHOXA_STUDIO_PASSWORD !== undefined) saveSecrets(home, secrets);
}

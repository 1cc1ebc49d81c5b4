import { fileURLToPath } from 'node:url';
import type { CompilerOptions } from '@inlang/paraglide-js';

/**
 * How messages become functions. Vite (build, dev) and `scripts/compile-messages.ts` (check, unit tests) read it here, so that
 * the two can never write different code. The language is a cookie, else what the browser asks for; addresses carry none.
 */
export const messageOptions: CompilerOptions = {
  project: fileURLToPath(new URL('../project.inlang', import.meta.url)),
  outdir: fileURLToPath(new URL('lib/paraglide', import.meta.url)),
  strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
  cookieName: 'language',
  emitReadme: false,
  // One structure for all entry points: the default differs between `vite dev` and `vite build`.
  outputStructure: 'message-modules',
};

import { mkdirSync } from 'node:fs';
import { locateStack, operatorSettings, type StackCommand, type StackContext, tuningSettings } from './context.ts';
import { StackError } from './errors.ts';
import { loadSecrets } from './secrets.ts';

/** Creates the data folder and its secrets when they do not exist yet. */
export function createContext(command: StackCommand, env: NodeJS.ProcessEnv): StackContext {
  const located = locateStack(env);
  // Under root, Postgres runs as another account, which has to walk through here; the files inside are closed to it.
  mkdirSync(located.home, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const settings = command === 'start' ? withOrigins(pick(env, operatorSettings)) : {};
  return { ...located, command, secrets: loadSecrets(located.home), settings, tuning: pick(env, tuningSettings) };
}

/** Public addresses are origins: both parts answer at the root of theirs. */
export function withOrigins(settings: StackContext['settings']): StackContext['settings'] {
  const origins: StackContext['settings'] = {};
  for (const name of ['APP_URL', 'SUPABASE_URL'] as const) {
    const value = settings[name];
    if (value === undefined) continue;
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (!url || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
      throw new StackError(
        `${name} must be an address without a path, such as https://play.example.org, not "${value}".`,
      );
    }
    origins[name] = url.origin;
  }
  return { ...settings, ...origins };
}

/** An empty value counts as not set, as in a dotenv file with a line left blank. */
function pick<Name extends string>(env: NodeJS.ProcessEnv, names: readonly Name[]): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) if (env[name]) found[name] = env[name];
  return found;
}

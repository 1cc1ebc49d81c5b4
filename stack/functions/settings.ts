export interface RuntimeSettings {
  port: number;
  /** Repository root: what lies outside of its code folders cannot be read by a function. */
  root: string;
  /** Folder with one folder per function. */
  functionsFolder: string;
  /** Path of the Supabase CLI's config.toml. */
  configFile: string;
  /** Reload when a file changes. */
  watch: boolean;
  /** A function that has not begun to answer after so many milliseconds is given up: 504. */
  timeoutMs: number;
  /** What a worker that takes no more requests may still spend on open answers and EdgeRuntime.waitUntil, in milliseconds. */
  backgroundMs: number;
  maxBodyBytes: number;
  /** HS256 secret of access tokens. */
  jwtSecret: string;
}

type Environment = (name: string) => string | undefined;

/** Reads the settings; an absent or malformed one stops the start with a sentence that names the variable. */
export function readSettings(env: Environment): RuntimeSettings {
  const root = text(env, 'FUNCTIONS_ROOT');
  return {
    port: number(env, 'FUNCTIONS_PORT'),
    root,
    functionsFolder: env('FUNCTIONS_FOLDER') ?? `${root}/functions`,
    configFile: env('FUNCTIONS_CONFIG') ?? `${root}/supabase/config.toml`,
    watch: env('FUNCTIONS_WATCH') === '1',
    timeoutMs: number(env, 'FUNCTIONS_TIMEOUT_MS', 60_000),
    backgroundMs: number(env, 'FUNCTIONS_BACKGROUND_MS', 400_000),
    maxBodyBytes: number(env, 'FUNCTIONS_MAX_BODY_BYTES', 1024 * 1024),
    jwtSecret: text(env, 'SUPABASE_JWT_SECRET'),
  };
}

function text(env: Environment, name: string): string {
  const value = env(name);
  if (!value) throw new Error(`${name} is not set.`);
  return value;
}

function number(env: Environment, name: string, otherwise?: number): number {
  const given = env(name);
  if (!given && otherwise !== undefined) return otherwise;
  const value = Number(given);
  if (!given || !Number.isSafeInteger(value) || value <= 0) {
    throw new Error(`${name} must be a positive whole number, and is ${given ? `"${given}"` : 'not set'}.`);
  }
  return value;
}

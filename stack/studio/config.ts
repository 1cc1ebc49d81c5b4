export interface StudioConfig {
  host: string;
  port: number;
  /** Role `postgres`: what an operator sees here is the whole database. */
  databaseUrl: string;
  password: string;
  rateLimitScale: number;
}

/** From the environment, without a schema library: this process should cost little while nobody looks. */
export function readConfig(env: NodeJS.ProcessEnv): StudioConfig {
  const host = required(env, 'HOST');
  if (host !== '127.0.0.1') throw new Error('Studio is for this machine only: HOST must be 127.0.0.1');
  return {
    host,
    port: positive('PORT', required(env, 'PORT')),
    databaseUrl: required(env, 'DATABASE_URL'),
    password: required(env, 'STUDIO_PASSWORD'),
    rateLimitScale: positive('GLYPHOXA_RATE_LIMIT_SCALE', env['GLYPHOXA_RATE_LIMIT_SCALE'] ?? '1'),
  };
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`Studio needs ${name}`);
  return value;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${name} must be a positive number, not "${text}"`);
  return value;
}

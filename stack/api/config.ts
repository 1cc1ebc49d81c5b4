import { z } from 'zod';

const url = z.url();
const port = z.coerce.number().int().min(1).max(65535);

/** An empty variable counts as a missing one. */
const environment = z.object({
  PORT: port,
  HOST: z.string().default('127.0.0.1'),
  SUPABASE_URL: url,
  APP_URL: url,
  SUPABASE_PUBLISHABLE_KEY: z.string().startsWith('sb_publishable_'),
  SUPABASE_SECRET_KEY: z.string().startsWith('sb_secret_'),
  SUPABASE_JWT_SECRET: z.string().min(32),
  AUTHENTICATOR_DATABASE_URL: url,
  AUTH_DATABASE_URL: url,
  STORAGE_DATABASE_URL: url,
  REALTIME_URL: url,
  FUNCTIONS_URL: url,
  STORAGE_DIR: z.string().min(1),
  DISCORD_URL: url.default('https://discord.com'),
  DISCORD_CLIENT_ID: z.string().optional(),
  DISCORD_CLIENT_SECRET: z.string().optional(),
  GITHUB_CLIENT_ID: z.string().optional(),
  GITHUB_CLIENT_SECRET: z.string().optional(),
  GOOGLE_CLIENT_ID: z.string().optional(),
  GOOGLE_CLIENT_SECRET: z.string().optional(),
  SMTP_HOST: z.string().optional(),
  SMTP_PORT: port.optional(),
  SMTP_USER: z.string().optional(),
  SMTP_PASS: z.string().optional(),
  SMTP_FROM: z.string().default('Glyphoxa <no-reply@localhost>'),
  /** Multiplies every rate limit of `limits.ts`; test runs raise it, since all their requests come from one address. */
  GLYPHOXA_RATE_LIMIT_SCALE: z.coerce.number().positive().default(1),
});

export type ApiConfig = z.infer<typeof environment>;

/** Reads the environment; names every variable that is missing or wrong in one sentence, never its value. */
export function readConfig(env: NodeJS.ProcessEnv): ApiConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = environment.safeParse(given);
  if (result.success) return result.data;
  const wrong = result.error.issues.map((issue) => `${issue.path.join('.')} (${issue.message})`);
  throw new Error(`The API cannot start, its environment is wrong: ${wrong.join(', ')}`);
}

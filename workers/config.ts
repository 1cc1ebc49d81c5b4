import { z } from 'zod';

const address = z.url({ protocol: /^https?$/ });

const environment = z.object({
  WORKER_DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://'),
  /** 0: any free one. */
  WORKERS_PORT: z.coerce.number().int().min(0).max(65535).default(24332),
  /** Jobs under way at once; each holds a connection. */
  WORKERS_CONCURRENCY: z.coerce.number().int().min(1).max(50).default(4),
  HOST: z.string().default('127.0.0.1'),
  APP_URL: address,
  SMTP_HOST: z.string().optional(),
  SMTP_PORT: z.coerce.number().int().min(1).max(65535).default(587),
  SMTP_USER: z.string().optional(),
  SMTP_PASS: z.string().optional(),
  SMTP_FROM: z.string().default('Glyphoxa <no-reply@glyphoxa.localhost>'),
  GLYPHOXA_GATEWAY_ADDR: z.string().optional(),
  STRIPE_SECRET_KEY: z.string().optional(),
  STRIPE_API_URL: address.optional(),
  GLYPHOXA_KEYRING: z.string().optional(),
  DISCORD_API_URL: address.default('https://discord.com/api'),
});

export type WorkerConfig = z.output<typeof environment> & {
  /** Everything that was set, for parts that read their own variables. */
  env: Record<string, string>;
};

/** Reads the environment; an empty variable is one that was not set. Throws an error that names each wrong variable. */
export function readConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  const given = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
  const result = environment.safeParse(given);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`Wrong configuration. ${problems.join('; ')}.`);
  }
  return { ...result.data, env: given };
}

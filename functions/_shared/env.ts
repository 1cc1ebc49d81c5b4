import { z } from 'zod';

/** The key named `default` of a JSON dictionary of keys, as hosted Supabase, its CLI and the embedded stack give them. */
const defaultKey = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.object({ default: z.string().min(1) }))
  .transform((keys) => keys.default);

const supabase = z.object({
  SUPABASE_URL: z.url(),
  SUPABASE_PUBLISHABLE_KEYS: defaultKey,
  SUPABASE_SECRET_KEYS: defaultKey,
});

export interface SupabaseEnv {
  url: string;
  publishableKey: string;
  secretKey: string;
}

type Environment = Record<string, string | undefined>;

/** Where the project is and its keys. Every function needs these. */
export function supabaseEnv(env: Environment): SupabaseEnv {
  const values = checkEnv(supabase, env);
  return {
    url: values.SUPABASE_URL,
    publishableKey: values.SUPABASE_PUBLISHABLE_KEYS,
    secretKey: values.SUPABASE_SECRET_KEYS,
  };
}

/** Checks variables against their declaration; what is missing or wrong is named. An empty variable counts as not set. */
export function checkEnv<Schema extends z.ZodType>(schema: Schema, env: Environment): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`Wrong configuration. ${problems.join('; ')}.`);
}

/** Reads these variables of the runtime. */
export function runtimeEnv(names: readonly string[]): Environment {
  return Object.fromEntries(names.map((name) => [name, Deno.env.get(name)]));
}

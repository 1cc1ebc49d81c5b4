import { z } from 'zod';
import { type Limits, defaultLimits } from './limits.ts';

/** What the process is told by its environment; README.md beside this file has the names. */
export interface Config {
  host: string;
  port: number;
  /** HS256 secret of access tokens. */
  jwtSecret: string;
  publishableKey: string;
  secretKey: string;
  /** Role `supabase_realtime_admin`: owner of schema realtime, with REPLICATION. */
  databaseUrl: string;
  /** Pause between two checks of every open channel's rights. */
  reauthorizeSeconds: number;
  limits: Limits;
}

const positive = z.coerce.number().int().positive();

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: positive,
  SUPABASE_JWT_SECRET: z.string().min(16),
  SUPABASE_PUBLISHABLE_KEY: z.string().startsWith('sb_publishable_'),
  SUPABASE_SECRET_KEY: z.string().startsWith('sb_secret_'),
  REALTIME_DATABASE_URL: z.url(),
  REALTIME_REAUTHORIZE_SECONDS: z.coerce.number().positive().default(3),
  REALTIME_MAX_CONNECTIONS: positive.default(defaultLimits.connections),
  REALTIME_MAX_CHANNELS_PER_CONNECTION: positive.default(defaultLimits.channelsPerConnection),
  REALTIME_MAX_JOINS_PER_SECOND: positive.default(defaultLimits.joinsPerSecond),
  REALTIME_MAX_EVENTS_PER_SECOND: positive.default(defaultLimits.eventsPerSecond),
  REALTIME_MAX_PAYLOAD_KB: positive.default(defaultLimits.payloadBytes / 1000),
  /** Multiplies every rate: tests do in a minute what people do in an hour. */
  GLYPHOXA_RATE_LIMIT_SCALE: z.coerce.number().positive().default(1),
});

/** Reads the environment; a missing or bad variable is an error that names it. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) throw new Error(`Realtime cannot start. ${z.prettifyError(parsed.error)}`);
  const value = parsed.data;
  const scale = value.GLYPHOXA_RATE_LIMIT_SCALE;
  return {
    host: value.HOST,
    port: value.PORT,
    jwtSecret: value.SUPABASE_JWT_SECRET,
    publishableKey: value.SUPABASE_PUBLISHABLE_KEY,
    secretKey: value.SUPABASE_SECRET_KEY,
    databaseUrl: value.REALTIME_DATABASE_URL,
    reauthorizeSeconds: value.REALTIME_REAUTHORIZE_SECONDS,
    limits: {
      ...defaultLimits,
      connections: value.REALTIME_MAX_CONNECTIONS,
      channelsPerConnection: value.REALTIME_MAX_CHANNELS_PER_CONNECTION,
      joinsPerSecond: value.REALTIME_MAX_JOINS_PER_SECOND * scale,
      eventsPerSecond: value.REALTIME_MAX_EVENTS_PER_SECOND * scale,
      presenceEventsPerSecond: defaultLimits.presenceEventsPerSecond * scale,
      presenceCallsPerChannel: defaultLimits.presenceCallsPerChannel * scale,
      payloadBytes: value.REALTIME_MAX_PAYLOAD_KB * 1000,
    },
  };
}

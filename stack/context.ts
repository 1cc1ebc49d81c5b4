/** What every part of the embedded stack is told about this one stack: its folder, ports, secrets and command. */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StackError } from './errors.ts';

export type StackCommand = 'start' | 'demo' | 'dev';

export interface StackContext {
  /** Repository root. */
  root: string;
  /** Data folder (`GLYPHOXA_HOME`). */
  home: string;
  /** `start`: for a self-hoster; `demo`: with simulators and demo data; `dev`: demo with hot reload. */
  command: StackCommand;
  ports: StackPorts;
  secrets: StackSecrets;
  /** What the operator set from outside (`.env` or the environment), of the names in `operatorSettings`. */
  settings: Partial<Record<OperatorSetting, string>>;
  /** Limits changed from outside, handed to every process they concern. */
  tuning: Record<string, string>;
}

/** Offsets from `GLYPHOXA_PORT`; the table is in docs/architecture.md. */
export const portOffsets = {
  app: 0,
  api: 1,
  postgres: 2,
  studio: 3,
  mailbox: 4,
  smtp: 5,
  realtime: 6,
  functions: 7,
  stripe: 8,
  gatewayGrpc: 9,
  gatewayControl: 10,
  discord: 11,
  workers: 12,
} as const;

export type StackPorts = Record<keyof typeof portOffsets, number>;

/** Generated on the first start into `<home>/secrets.json`, mode 0600. */
export interface StackSecrets {
  publishableKey: string;
  secretKey: string;
  jwtSecret: string;
  gatewaySecret: string;
  /** `1:<base64 of 32 bytes>` */
  keyring: string;
  discordClientSecret: string;
  stripeSecretKey: string;
  stripeWebhookSecret: string;
  /** What Studio asks for: generated, or the operator's own. */
  studioPassword: string;
  /** PKCS 8, Ed25519: signs the licenses that the demo's operator issues. */
  licensePrivateKey: string;
  /** Passwords of the database roles that log in. */
  database: Record<DatabaseRole, string>;
}

export const databaseRoles = [
  'supabase_admin',
  'postgres',
  'authenticator',
  'supabase_auth_admin',
  'supabase_storage_admin',
  'supabase_realtime_admin',
  'glyphoxa_gateway',
  'glyphoxa_worker',
] as const;

export type DatabaseRole = (typeof databaseRoles)[number];

/**
 * What `npm start` takes from the operator: where people reach it behind a reverse proxy, the applications they sign in with, the
 * mail server, the Stripe account, the gateway, the password of Studio. The demo brings simulators and ignores all of these, so that it never reaches a real account.
 */
export const operatorSettings = [
  'APP_URL',
  'SUPABASE_URL',
  'DISCORD_CLIENT_ID',
  'DISCORD_CLIENT_SECRET',
  'GITHUB_CLIENT_ID',
  'GITHUB_CLIENT_SECRET',
  'GOOGLE_CLIENT_ID',
  'GOOGLE_CLIENT_SECRET',
  'SMTP_HOST',
  'SMTP_PORT',
  'SMTP_USER',
  'SMTP_PASS',
  'SMTP_FROM',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_API_URL',
  'GLYPHOXA_GATEWAY_ADDR',
  'GLYPHOXA_GATEWAY_SECRET',
  'GLYPHOXA_GATEWAY_TLS_CERT',
  'GLYPHOXA_GATEWAY_TLS_KEY',
  'GLYPHOXA_GATEWAY_TLS_CA',
  'LICENSE_PUBLIC_KEY',
  'LICENSE_PRIVATE_KEY',
  'GLYPHOXA_STUDIO_PASSWORD',
] as const;

/** Heard by api, realtime and Studio under every command: tests ask in a minute what people ask in an hour. */
export const tuningSettings = [
  'GLYPHOXA_RATE_LIMIT_SCALE',
  'REALTIME_REAUTHORIZE_SECONDS',
  'REALTIME_MAX_CONNECTIONS',
  'REALTIME_MAX_CHANNELS_PER_CONNECTION',
  'REALTIME_MAX_JOINS_PER_SECOND',
  'REALTIME_MAX_EVENTS_PER_SECOND',
  'REALTIME_MAX_PAYLOAD_KB',
] as const;

export type OperatorSetting = (typeof operatorSettings)[number];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const defaultPort = 24320;

/** The folder and ports of the stack that `env` names, without creating anything. */
export function locateStack(env: NodeJS.ProcessEnv): { root: string; home: string; ports: StackPorts } {
  return { root, home: resolve(root, env.GLYPHOXA_HOME ?? '.glyphoxa'), ports: portsFrom(env.GLYPHOXA_PORT) };
}

function portsFrom(value: string | undefined): StackPorts {
  const first = value === undefined ? defaultPort : Number(value);
  const highest = 65535 - Math.max(...Object.values(portOffsets));
  if (!Number.isInteger(first) || first < 1024 || first > highest) {
    throw new StackError(`GLYPHOXA_PORT must be a whole number from 1024 to ${highest}, not "${value}".`);
  }
  const entries = Object.entries(portOffsets).map(([name, offset]) => [name, first + offset]);
  return Object.fromEntries(entries) as StackPorts;
}

/** URLs are built, never concatenated: a password may hold any character. */
export function databaseUrl(context: StackContext, role: DatabaseRole): string {
  const url = new URL('postgresql://127.0.0.1/postgres');
  url.port = String(context.ports.postgres);
  url.username = role;
  url.password = encodeURIComponent(context.secrets.database[role]);
  return url.href;
}

/** Where people reach the app and the API: behind the operator's reverse proxy, or on this machine. */
export function publicUrl(context: Pick<StackContext, 'ports' | 'settings'>, name: 'app' | 'api'): string {
  return context.settings[name === 'app' ? 'APP_URL' : 'SUPABASE_URL'] ?? serviceUrl(context, name);
}

/** URL of one of the stack's HTTP services, without a slash at the end. */
export function serviceUrl(context: Pick<StackContext, 'ports'>, name: keyof StackPorts): string {
  return `http://127.0.0.1:${context.ports[name]}`;
}

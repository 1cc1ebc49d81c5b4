/** What every part of the embedded stack is told about this one stack: its folder, ports, secrets and command. */
export interface StackContext {
  /** Repository root. */
  root: string;
  /** Data folder (`GLYPHOXA_HOME`). */
  home: string;
  /** `start`: for a self-hoster; `demo`: with simulators and demo data; `dev`: demo with hot reload. */
  command: 'start' | 'demo' | 'dev';
  ports: StackPorts;
  secrets: StackSecrets;
}

/** Offsets from `GLYPHOXA_PORT`; the table is in docs/architecture.md. */
export const portOffsets = {
  app: 0,
  api: 1,
  postgres: 2,
  mailbox: 4,
  smtp: 5,
  realtime: 6,
  functions: 7,
  gatewayGrpc: 9,
  gatewayControl: 10,
  discord: 11,
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

/** URLs are built, never concatenated: a password may hold any character. */
export function databaseUrl(context: StackContext, role: DatabaseRole): string {
  const url = new URL('postgresql://127.0.0.1/postgres');
  url.port = String(context.ports.postgres);
  url.username = role;
  url.password = encodeURIComponent(context.secrets.database[role]);
  return url.href;
}

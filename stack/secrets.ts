import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { databaseRoles, type StackSecrets } from './context.ts';
import { StackError } from './errors.ts';

const random = (bytes: number) => randomBytes(bytes).toString('base64url');

/** The form of Supabase's API keys: a prefix, 22 random characters and 8 of a checksum. */
function apiKey(prefix: 'sb_publishable_' | 'sb_secret_'): string {
  const body = `${prefix}${random(17).slice(0, 22)}`;
  return `${body}_${createHash('sha256').update(body).digest('base64url').slice(0, 8)}`;
}

/** Secrets that folders of earlier versions do not have yet. */
const later = {
  stripeSecretKey: () => `sk_test_${random(24)}`,
  stripeWebhookSecret: () => `whsec_${random(24)}`,
  studioPassword: () => random(18),
  licensePrivateKey: () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};

function generateSecrets(): StackSecrets {
  return {
    publishableKey: apiKey('sb_publishable_'),
    secretKey: apiKey('sb_secret_'),
    jwtSecret: random(48),
    gatewaySecret: random(32),
    keyring: `1:${randomBytes(32).toString('base64')}`,
    discordClientSecret: random(24),
    stripeSecretKey: later.stripeSecretKey(),
    stripeWebhookSecret: later.stripeWebhookSecret(),
    studioPassword: later.studioPassword(),
    licensePrivateKey: later.licensePrivateKey(),
    database: Object.fromEntries(databaseRoles.map((role) => [role, random(24)])) as StackSecrets['database'],
  };
}

const schema: z.ZodType<StackSecrets> = z.object({
  publishableKey: z.string().startsWith('sb_publishable_'),
  secretKey: z.string().startsWith('sb_secret_'),
  jwtSecret: z.string().min(32),
  gatewaySecret: z.string().min(16),
  keyring: z.string().regex(/^\d+:/),
  discordClientSecret: z.string().min(16),
  stripeSecretKey: z.string().startsWith('sk_test_'),
  stripeWebhookSecret: z.string().startsWith('whsec_'),
  studioPassword: z.string().min(12),
  licensePrivateKey: z.string().startsWith('-----BEGIN PRIVATE KEY-----'),
  database: z.record(z.enum(databaseRoles), z.string().min(16)),
});

/**
 * Reads `<home>/secrets.json`, or writes it once. Losing this file means losing what was encrypted with its keyring, so a
 * broken one is reported, never replaced; only what earlier versions did not know is added.
 */
export function loadSecrets(home: string): StackSecrets {
  const file = join(home, 'secrets.json');
  if (!existsSync(file)) {
    // Complete before it has its name: a start that is killed here leaves no half-written secrets.
    const draft = writeDraft(file, generateSecrets());
    linkSync(draft, file);
    rmSync(draft);
  }
  chmodSync(file, 0o600);
  const parsed = schema.safeParse(withLater(file, readJson(file)));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') || 'the whole file';
  throw new StackError(`${file} is damaged (${where}); restore it from a backup, or delete ${home} to begin anew.`);
}

/** Puts changed secrets in place of the file, at once or not at all. */
export function saveSecrets(home: string, secrets: StackSecrets): void {
  const file = join(home, 'secrets.json');
  renameSync(writeDraft(file, secrets), file);
}

function withLater(file: string, found: unknown): unknown {
  if (typeof found !== 'object' || found === null) return found;
  const missing = Object.entries(later).filter(([name]) => !(name in found));
  if (missing.length === 0) return found;
  const whole = { ...found, ...Object.fromEntries(missing.map(([name, make]) => [name, make()])) };
  if (schema.safeParse(whole).success) renameSync(writeDraft(file, whole), file);
  return whole;
}

function writeDraft(file: string, secrets: object): string {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return draft;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

import { createHash, randomInt, randomUUID } from 'node:crypto';
import { AuthError } from './auth-error.ts';
import { inTransaction } from './external-sign-in.ts';
import { type AuthUser, internals, type LibraryAuthService } from './library.ts';

export interface EmailCodeRequest {
  email: string;
  createUser: boolean;
  /** The person's own fields for the metadata of a new user. */
  metadata: Record<string, unknown>;
  /** Seconds until the same address can get its next mail. */
  interval: number;
}

/** Sends the mail; throwing undoes everything. */
export type SendCode = (user: AuthUser, code: { otp: string; tokenHash: string; isNew: boolean }) => Promise<void>;

/**
 * Sends a code (and the link that holds its hash) to an address. The library's own way counts a new address as confirmed when
 * the mail is asked for; here, as in Supabase Auth, when the code comes back.
 */
export async function requestEmailCode(
  service: LibraryAuthService,
  request: EmailCodeRequest,
  send: SendCode,
): Promise<void> {
  const email = request.email.trim().toLowerCase();
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) || email.length > 254)
    throw new AuthError(400, 'validation_failed', 'Unable to validate email address: invalid format');
  await inTransaction(service, async () => {
    const known = await service.repo.findUserByEmail(email);
    if (!known && !request.createUser) throw new AuthError(422, 'otp_disabled', 'Signups not allowed for otp');
    const user = service.repo.parseUserJson(known ?? (await createUser(service, email, request.metadata)));
    const confirmed = Boolean(user.confirmed_at);
    assertInterval(confirmed ? user.recovery_sent_at : user.confirmation_sent_at, request.interval);
    const otp = String(randomInt(1_000_000)).padStart(6, '0');
    const tokenHash = hashOfCode(email, otp);
    const now = new Date().toISOString();
    await service.repo.updateUser(
      user.id,
      confirmed
        ? { recovery_token: tokenHash, recovery_sent_at: now }
        : // Nobody has proven to own the address yet, so a password set with it may be somebody else's.
          { confirmation_token: tokenHash, confirmation_sent_at: now, encrypted_password: null },
    );
    const action = confirmed ? 'user_recovery_requested' : 'user_confirmation_requested';
    await internals(service).createAuditLog(user.id, email, action, 'user', false);
    await send(user, { otp, tokenHash, isNew: !confirmed });
  });
}

/** What the database keeps of a code. */
export function hashOfCode(email: string, code: string): string {
  return createHash('sha256')
    .update(email.toLowerCase() + code)
    .digest('hex');
}

/** The library's name for what a code proves: a new address (`signup`) or a known one (`magiclink`). */
export async function kindOfCode(service: LibraryAuthService, tokenHash: string): Promise<'signup' | 'magiclink'> {
  return (await service.repo.findUserByToken('confirmation_token', tokenHash)) ? 'signup' : 'magiclink';
}

async function createUser(
  service: LibraryAuthService,
  email: string,
  metadata: Record<string, unknown>,
): Promise<AuthUser> {
  const id = randomUUID();
  const facts = { sub: id, email, email_verified: false, phone_verified: false };
  const user = await service.repo.createUser({
    id,
    email,
    raw_app_meta_data: { provider: 'email', providers: ['email'] },
    raw_user_meta_data: { ...metadata, ...facts },
  });
  await service.repo.createIdentity({
    id: randomUUID(),
    provider: 'email',
    provider_id: id,
    user_id: id,
    identity_data: facts,
  });
  return user;
}

function assertInterval(sentAt: string | null, interval: number): void {
  if (!sentAt) return;
  const left = Math.ceil(interval - (Date.now() - Date.parse(sentAt)) / 1_000);
  if (left <= 0) return;
  throw new AuthError(
    429,
    'over_email_send_rate_limit',
    `For security purposes, you can only request this after ${left} seconds.`,
  );
}

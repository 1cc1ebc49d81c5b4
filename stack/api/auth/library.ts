import type { HonoContext } from '@supabase/lite';
import type { Kysely } from 'kysely';

/** The Auth service of @supabase/lite, whose class the library does not export; it makes one for each request. */
export type LibraryAuthService = HonoContext['Variables']['authService'];
export type AuthRepository = LibraryAuthService['repo'];
export type FlowState = Awaited<ReturnType<LibraryAuthService['loadOAuthFlowState']>>;
export type AuthUser = NonNullable<Awaited<ReturnType<AuthRepository['findUserById']>>>;
export type Identity = Awaited<ReturnType<AuthRepository['createIdentity']>>;
export type Session = Awaited<ReturnType<LibraryAuthService['refreshSession']>>;

export interface ProviderEmail {
  email: string;
  verified: boolean;
  primary: boolean;
}

export type AccountLinking =
  | {
      decision: 'AccountExists';
      user: AuthUser;
      identity: Identity;
      candidateEmail: { email: string; verified: boolean };
    }
  | { decision: 'LinkAccount'; user: AuthUser; candidateEmail: { email: string; verified: boolean } }
  | { decision: 'CreateAccount'; candidateEmail: { email: string; verified: boolean } }
  | { decision: 'MultipleAccounts' };

/** A token the provider gave for the signed-in person. */
export interface ProviderToken {
  access_token: string;
  refresh_token?: string;
}

/**
 * What a further provider needs of the service and the library keeps private. Its registry of providers is closed (GitHub and
 * Google), so this is the narrowest place to add one: the steps around the provider stay the library's own.
 */
export interface AuthServiceInternals {
  determineAccountLinking(emails: ProviderEmail[], provider: string, providerId: string): Promise<AccountLinking>;
  updateUserMetaDataAndProviders(userId: string, metadata: Record<string, unknown>): Promise<void>;
  removeUnconfirmedIdentities(userId: string, keptIdentityId: string, metadata: Record<string, unknown>): Promise<void>;
  resolveOAuthReferrer(redirectTo: string | undefined, referer: string | undefined): string;
  issueOAuthCallbackResult(
    user: AuthUser,
    flow: FlowState,
    token: ProviderToken,
    redirectTo: string,
  ): Promise<{ type: 'pkce' | 'implicit'; redirectUrl: string }>;
  createAuditLog(
    userId: string,
    username: string,
    action: string,
    logType: string,
    withTraits?: boolean,
    provider?: string,
  ): Promise<void>;
  createAuditLogWithTraits(
    userId: string,
    username: string,
    action: string,
    logType: string,
    traits: Record<string, unknown>,
  ): Promise<void>;
  createSessionForUser(
    user: AuthUser,
    identities: Identity[],
    kind?: string,
    options?: Record<string, unknown>,
  ): Promise<Session>;
  createRefreshResponse(user: AuthUser, sessionId: string, refreshToken: string, at: string): Promise<Session>;
  /** Ends what a claimed token began; for `email_change` the account gets its new address. */
  completeVerifyOtp(user: AuthUser, tokenColumn: string, kind: string): Promise<Session>;
}

const needed: (keyof AuthServiceInternals)[] = [
  'determineAccountLinking',
  'updateUserMetaDataAndProviders',
  'removeUnconfirmedIdentities',
  'resolveOAuthReferrer',
  'issueOAuthCallbackResult',
  'createAuditLog',
  'createAuditLogWithTraits',
  'createSessionForUser',
  'createRefreshResponse',
  'completeVerifyOtp',
];

/** The same object with its private half in sight; fails at once after an upgrade that renamed something. */
export function internals(service: LibraryAuthService): AuthServiceInternals {
  const missing = needed.filter((name) => typeof (service as unknown as Record<string, unknown>)[name] !== 'function');
  if (missing.length > 0) throw new Error(`@supabase/lite changed: its AuthService has no ${missing.join(', ')}`);
  return service as unknown as AuthServiceInternals;
}

interface Tables {
  'auth.users': { id: string; created_at: string };
  'auth.sessions': { id: string; user_agent: string | null; ip: string | null };
}

/** What the repository queries: the open transaction, if there is one. For the few statements it has no method for. */
export function databaseOf(service: LibraryAuthService): Kysely<Tables> {
  return (service.repo as unknown as { db: Kysely<Tables> }).db;
}

import { randomUUID } from 'node:crypto';
import { AuthError } from './auth-error.ts';
import type { DiscordProvider, ProviderUser } from './discord.ts';
import { type AuthUser, type FlowState, internals, type LibraryAuthService, type ProviderToken } from './library.ts';

export const providerName = 'discord';
/** Unfinished sign-ins are forgotten after a day; each new one removes some. */
const flowLifetimeMilliseconds = 24 * 60 * 60 * 1_000;
const ownParameters = new Set(['provider', 'scopes', 'code_challenge', 'code_challenge_method']);

type Query = Record<string, string | undefined>;

/** First step: remembers the sign-in under a random state and gives the address of the provider's consent page. */
export async function startSignIn(
  service: LibraryAuthService,
  provider: DiscordProvider,
  query: Query,
  referer: string | undefined,
): Promise<string> {
  const challenge = query['code_challenge'] ?? '';
  const method = (query['code_challenge_method'] ?? '').toLowerCase();
  assertChallenge(challenge, method);
  const state = randomUUID();
  await service.repo.deleteFlowStatesCreatedBefore(new Date(Date.now() - flowLifetimeMilliseconds).toISOString());
  await service.repo.createFlowState({
    id: state,
    auth_code: challenge ? randomUUID() : null,
    authentication_method: 'oauth',
    code_challenge: challenge || null,
    code_challenge_method: challenge ? method : null,
    provider_type: providerName,
    referrer: internals(service).resolveOAuthReferrer(query['redirect_to'], referer),
    email_optional: false,
  });
  const extra = Object.entries(query).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined && !ownParameters.has(entry[0]);
  });
  return provider.authorizeUrl(state, query['scopes'], Object.fromEntries(extra));
}

/**
 * Last step: asks the provider who it was, finds or creates the user in one transaction, and gives the address to send the
 * browser to, with an auth code (PKCE) or a session (implicit). Whoever comes second with the same state is refused.
 */
export async function finishSignIn(
  service: LibraryAuthService,
  provider: DiscordProvider,
  flow: FlowState,
  code: string | undefined,
  rules: { allowSignUp: boolean },
): Promise<{ type: 'pkce' | 'implicit'; redirectUrl: string }> {
  if (!code) throw new AuthError(400, 'bad_oauth_callback', 'OAuth callback with missing authorization code missing');
  const token = await provider.exchangeCode(code).catch((cause: unknown) => {
    throw new AuthError(500, 'unexpected_failure', `Unable to exchange external code: ${code.slice(0, 4)}`, cause);
  });
  const person = await provider.user(token).catch((cause: unknown) => {
    throw new AuthError(500, 'unexpected_failure', 'Error getting user profile from external provider', cause);
  });
  if (person.emails.length === 0)
    throw new AuthError(500, 'unexpected_failure', 'Error getting user email from external provider');
  return inTransaction(service, async () => {
    const user = await findOrCreateUser(service, person, rules);
    return issue(service, user, flow, token);
  });
}

async function issue(service: LibraryAuthService, user: AuthUser, flow: FlowState, token: ProviderToken) {
  const target = service.resolveOAuthRedirectTarget(flow);
  const { type, redirectUrl } = await internals(service).issueOAuthCallbackResult(user, flow, token, target);
  return { type, redirectUrl };
}

async function findOrCreateUser(
  service: LibraryAuthService,
  person: ProviderUser,
  rules: { allowSignUp: boolean },
): Promise<AuthUser> {
  const library = internals(service);
  const linking = await library.determineAccountLinking(person.emails, providerName, person.id);
  let user: AuthUser;
  let identityId: string;
  switch (linking.decision) {
    case 'AccountExists':
      user = linking.user;
      identityId = linking.identity.id;
      await service.repo.updateIdentity(identityId, {
        identity_data: person.claims,
        last_sign_in_at: new Date().toISOString(),
      });
      await library.updateUserMetaDataAndProviders(user.id, person.claims);
      break;
    case 'LinkAccount':
      user = linking.user;
      identityId = await createIdentity(service, user.id, person);
      await library.updateUserMetaDataAndProviders(user.id, person.claims);
      await library.createAuditLogWithTraits(user.id, user.email ?? '', 'identity_linked', 'user', {
        identity_id: identityId,
        provider: providerName,
        provider_id: person.id,
      });
      break;
    case 'CreateAccount':
      if (!rules.allowSignUp) throw new AuthError(422, 'signup_disabled', 'Signups not allowed for this instance');
      user = await service.repo.createUser({
        id: randomUUID(),
        email: linking.candidateEmail.email || null,
        raw_app_meta_data: { provider: providerName, providers: [providerName] },
        raw_user_meta_data: person.claims,
      });
      identityId = await createIdentity(service, user.id, person);
      break;
    case 'MultipleAccounts':
      throw new AuthError(
        500,
        'unexpected_failure',
        'Multiple accounts with the same email address in the same linking domain detected: default',
      );
  }
  const stored = await reload(service, user.id);
  if (stored.banned_until && Date.parse(stored.banned_until) > Date.now())
    throw new AuthError(403, 'user_banned', 'User is banned');
  if (stored.confirmed_at) {
    await library.createAuditLog(stored.id, stored.email ?? '', 'login', 'account', true, providerName);
    return stored;
  }
  // An unproven email address must not become a way in, neither for this person nor for whoever typed it in earlier: the
  // provider vouches for it, or nobody signs in.
  if (!linking.candidateEmail.verified)
    throw new AuthError(
      403,
      'provider_email_needs_verification',
      `Unverified email with ${providerName}. Verify the email with ${providerName} in order to sign in`,
    );
  await library.removeUnconfirmedIdentities(stored.id, identityId, person.claims);
  await library.createAuditLog(stored.id, linking.candidateEmail.email, 'user_signedup', 'team', true, providerName);
  await service.repo.updateUser(stored.id, {
    confirmed_at: new Date().toISOString(),
    raw_user_meta_data: { ...person.claims, email_verified: true },
  });
  return reload(service, stored.id);
}

async function createIdentity(service: LibraryAuthService, userId: string, person: ProviderUser): Promise<string> {
  const identity = await service.repo.createIdentity({
    id: randomUUID(),
    provider: providerName,
    provider_id: person.id,
    user_id: userId,
    identity_data: person.claims,
  });
  return identity.id;
}

async function reload(service: LibraryAuthService, userId: string): Promise<AuthUser> {
  const user = await service.repo.findUserById(userId);
  if (!user) throw new Error('The user of this sign-in has just been deleted');
  return service.repo.parseUserJson(user);
}

/** The library's methods read `service.repo`; inside it is bound to the transaction. The service serves one request only. */
export async function inTransaction<T>(service: LibraryAuthService, run: () => Promise<T>): Promise<T> {
  const outer = service.repo;
  return outer.transaction(async (inner) => {
    service.repo = inner;
    try {
      return await run();
    } finally {
      service.repo = outer;
    }
  });
}

function assertChallenge(challenge: string, method: string): void {
  if (!challenge && !method) return;
  const invalid = (message: string) => new AuthError(400, 'validation_failed', message);
  if (!challenge || !method) throw invalid('PKCE flow requires code_challenge_method and code_challenge');
  if (challenge.length < 43 || challenge.length > 128)
    throw invalid('code challenge has to be between 43 and 128 characters');
  if (!/^[\w.~-]+$/.test(challenge))
    throw invalid('code challenge can only contain alphanumeric characters, hyphens, periods, underscores and tildes');
  if (method !== 's256' && method !== 'plain') throw invalid('Invalid code_challenge_method');
}

import { isAuthError } from '@supabase/supabase-js';
import type { RequestEvent } from '@sveltejs/kit';
import { APP_URL, SUPABASE_PUBLISHABLE_KEY, SUPABASE_URL } from '$app/env/private';
import { locales } from '#lib/paraglide/runtime.js';
import { isTheme } from '#lib/theme.ts';
import type { Account } from './account.ts';
import { unwrapJson } from './api.ts';
import { reachable } from './api-address.ts';
import { rememberAppearance } from './appearance.ts';
import { heldInvite, invitePath } from './invite-link.ts';
import { safePath } from './safe-path.ts';
import { currentSession, sessionCookie } from './session.ts';

/** Why a sign-in did not happen, as /login and /login/code explain it. */
export const refusals = ['provider', 'link', 'browser', 'rate', 'mail', 'unavailable', 'code'] as const;
export type Refusal = (typeof refusals)[number];

const minutes = 60;
const nextCookie = 'sign-in-next';
const emailCookie = 'sign-in-email';

/** Kept on the server's side of the round trip, so that the address Auth returns to is always the same one. */
export function remember(event: RequestEvent, what: { next?: string | null; email?: string }): void {
  const options = {
    path: '/',
    maxAge: 15 * minutes,
    httpOnly: true,
    sameSite: 'lax',
    secure: event.url.protocol === 'https:',
  } as const;
  if (what.next) event.cookies.set(nextCookie, safePath(what.next), options);
  if (what.email) event.cookies.set(emailCookie, what.email, options);
}

export function rememberedEmail(event: RequestEvent): string | null {
  return event.cookies.get(emailCookie) ?? null;
}

/** Where Auth sends people back: it only returns to addresses it was told about. */
export function callbackUrl(event: RequestEvent): string {
  return new URL('/auth/callback', APP_URL ?? event.url.origin).href;
}

/**
 * The same page on APP_URL's host if this is another name of it (localhost for 127.0.0.1): the round trip ends there, and cookies
 * set here would be missing.
 */
export function canonicalUrl(event: RequestEvent): URL | null {
  if (!APP_URL || new URL(APP_URL).host === event.url.host) return null;
  return new URL(event.url.pathname + event.url.search, APP_URL);
}

/** The address of Discord's consent page. */
export async function discordUrl(event: RequestEvent): Promise<{ url: string } | { refused: Refusal }> {
  const { data, error } = await event.locals.api.auth.signInWithOAuth({
    provider: 'discord',
    options: { redirectTo: callbackUrl(event), skipBrowserRedirect: true },
  });
  return error ? { refused: reason(error) } : { url: data.url ?? '' };
}

export async function sendMail(event: RequestEvent, email: string): Promise<Refusal | null> {
  const { error } = await event.locals.api.auth.signInWithOtp({
    email,
    options: { emailRedirectTo: callbackUrl(event) },
  });
  return error ? reason(error) : null;
}

export async function enterCode(event: RequestEvent, email: string, token: string): Promise<Refusal | null> {
  const { error } = await event.locals.api.auth.verifyOtp({ email, token, type: 'email' });
  if (!error) return null;
  const why = reason(error);
  return why === 'link' ? 'code' : why;
}

export async function openLink(event: RequestEvent, tokenHash: string): Promise<Refusal | null> {
  const { error } = await event.locals.api.auth.verifyOtp({ token_hash: tokenHash, type: 'email' });
  return error ? reason(error) : null;
}

export async function exchangeCode(event: RequestEvent, code: string): Promise<Refusal | null> {
  const { error } = await event.locals.api.auth.exchangeCodeForSession(code);
  return error ? reason(error) : null;
}

/** After Auth said yes: the account, the person's own appearance, and the page to go to. */
export async function enter(event: RequestEvent): Promise<string> {
  const { api, language } = event.locals;
  event.locals.session = await currentSession(api);
  const next = event.cookies.get(nextCookie);
  // Whoever comes with an invitation makes no table besides: they join that one, or are asked again at /welcome.
  const joins = next === invitePath && heldInvite(event) !== null && !(await hasAccount(api));
  const { created } = joins
    ? { created: false }
    : unwrapJson<{ created: boolean }>(await api.rpc('ensure_account', { language }));
  // Verifiers of tries that led nowhere would stay for a year.
  const verifiers = event.cookies
    .getAll()
    .flatMap(({ name }) => (name.startsWith(`${sessionCookie}-`) && name.includes('code-verifier') ? [name] : []));
  for (const name of [nextCookie, emailCookie, ...verifiers]) event.cookies.delete(name, { path: '/' });
  if (joins) return invitePath;
  if (created) return '/welcome/campaign';

  const { preferences } = unwrapJson<Account>(await api.rpc('me'));
  const preferred = locales.find((locale) => locale === preferences.language);
  rememberAppearance(event, {
    ...(isTheme(preferences.theme) && { theme: preferences.theme }),
    ...(preferred && { language: preferred }),
  });
  return safePath(next);
}

async function hasAccount(api: RequestEvent['locals']['api']): Promise<boolean> {
  const { error } = await api.rpc('me');
  return error?.details !== 'no_account';
}

const providers = { value: { discord: true, email: true }, readAt: 0 };

/** Which ways in are configured. The same for everybody, so it is kept for a minute; unreadable, all are offered. */
export async function readProviders(): Promise<{ discord: boolean; email: boolean }> {
  if (Date.now() - providers.readAt < 60_000) return providers.value;
  try {
    const answer = await fetch(reachable(`${SUPABASE_URL}/auth/v1/settings`), {
      headers: { apikey: SUPABASE_PUBLISHABLE_KEY },
      signal: AbortSignal.timeout(2_000),
    });
    const { external } = (await answer.json()) as { external?: { discord?: boolean; email?: boolean } };
    if (answer.ok && external) {
      providers.value = { discord: external.discord ?? false, email: external.email ?? false };
      providers.readAt = Date.now();
    }
  } catch (cause) {
    console.error(JSON.stringify({ level: 'warn', message: 'sign-in settings unreadable', cause: String(cause) }));
  }
  return providers.value;
}

function reason(error: unknown): Refusal {
  if (!isAuthError(error)) return 'unavailable';
  const { code, status, name } = error;
  if (name === 'AuthPKCECodeVerifierMissingError' || code === 'bad_code_verifier' || code === 'flow_state_not_found')
    return 'browser';
  if (status === 429 || code === 'over_email_send_rate_limit' || code === 'over_request_rate_limit') return 'rate';
  if (code === 'email_provider_disabled' || code === 'email_address_not_authorized') return 'mail';
  if (code === 'provider_disabled' || code === 'bad_oauth_callback' || code === 'bad_oauth_state') return 'provider';
  if (status !== undefined && status >= 400 && status < 500) return 'link';
  return 'unavailable';
}

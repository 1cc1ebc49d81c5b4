import type { HonoContext } from '@supabase/lite';
import type { Context, MiddlewareHandler } from 'hono';
import { z } from 'zod';
import type { ApiConfig } from '../config.ts';
import { RateLimiter } from '../gateway/rate-limiter.ts';
import { mailInterval } from '../limits.ts';
import { asOAuthError, AuthError, errorRedirect } from './auth-error.ts';
import { hashOfCode, kindOfCode, requestEmailCode } from './email-code.ts';
import type { Session } from './library.ts';
import { route } from './route.ts';
import { sessionRedirect } from './session-redirect.ts';

/** What the library calls otherwise or not at all; other kinds (recovery, email change) stay its own. */
const codeKinds = new Set(['email', 'magiclink', 'signup']);

const codeRequest = z.object({
  email: z.string().optional(),
  create_user: z.boolean().default(true),
  data: z.record(z.string(), z.unknown()).nullish(),
});
const codeProof = z.object({
  type: z.string(),
  email: z.string().optional(),
  token: z.string().optional(),
  token_hash: z.string().optional(),
});

/** Sign-in by mail: `/otp` and `/magiclink` send a code and link, `/verify` takes either. */
export function emailRoutes(config: ApiConfig): MiddlewareHandler<HonoContext>[] {
  const guesses = new RateLimiter(config.GLYPHOXA_RATE_LIMIT_SCALE);
  const request = requestCode(config);
  return [
    route('POST', '/otp', request),
    route('POST', '/magiclink', request),
    route('POST', '/verify', verifyCode(guesses)),
    route('GET', '/verify', followLink),
  ];
}

function requestCode(config: ApiConfig): MiddlewareHandler<HonoContext> {
  const interval = Math.max(mailInterval.least, mailInterval.seconds / config.GLYPHOXA_RATE_LIMIT_SCALE);
  return async (context) => {
    if (!config.SMTP_HOST) throw new AuthError(422, 'email_provider_disabled', 'Email logins are disabled');
    const body = codeRequest.safeParse(await context.req.json().catch(() => undefined));
    if (!body.success || !body.data.email)
      throw new AuthError(400, 'validation_failed', 'One of email or phone must be set');
    const service = context.get('authService');
    const mailer = context.get('app')._mailer;
    if (!mailer) throw new Error('Auth has a mail server and no mailer');
    const { email, create_user, data } = body.data;
    await requestEmailCode(
      service,
      { email, createUser: create_user, metadata: data ?? {}, interval },
      async (user, { otp, tokenHash, isNew }) => {
        const meta = { userId: user.id };
        if (isNew) await mailer.sendConfirmation(user.email ?? email, tokenHash, otp, meta);
        else await mailer.sendMagicLink(user.email ?? email, tokenHash, otp, meta);
      },
    );
    return context.json({});
  };
}

function verifyCode(guesses: RateLimiter): MiddlewareHandler<HonoContext> {
  return async (context, next) => {
    const body = codeProof.safeParse(await context.req.json().catch(() => undefined));
    if (!body.success || !codeKinds.has(body.data.type)) return next();
    const { email, token, token_hash } = body.data;
    if (!token_hash && !(email && token))
      throw new AuthError(400, 'validation_failed', 'Verify requires either a token or a token hash');
    // A code has a million values. Whoever tries them for one person may sit behind many addresses.
    if (!token_hash && !guesses.take('guess', email?.toLowerCase() ?? '').allowed)
      throw new AuthError(429, 'over_request_rate_limit', 'Request rate limit reached');
    const session = await verify(context, token_hash ?? hashOfCode(email ?? '', token ?? ''));
    return context.json(session);
  };
}

const followLink: MiddlewareHandler<HonoContext> = async (context, next) => {
  const { type = '', token = '', token_hash: tokenHash, redirect_to: redirectTo } = context.req.query();
  if (!codeKinds.has(type) || !(tokenHash ?? token)) return next();
  const target = context.get('authService').resolveEmailRedirect(redirectTo);
  try {
    const session = await verify(context, tokenHash ?? token);
    return context.redirect(sessionRedirect(target, session, type), 303);
  } catch (error) {
    const expected = AuthError.from(error);
    if (!expected) throw error;
    const reason = { ...asOAuthError(error), error: 'access_denied' };
    return context.redirect(errorRedirect(target, reason), 303);
  }
};

async function verify(context: Context<HonoContext>, tokenHash: string): Promise<Session> {
  const service = context.get('authService');
  return service.verifyOtp({ token_hash: tokenHash, type: await kindOfCode(service, tokenHash) });
}

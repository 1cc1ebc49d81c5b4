import type { HonoContext } from '@supabase/lite';
import type { MiddlewareHandler } from 'hono';
import { z } from 'zod';
import { asOAuthError, AuthError, errorRedirect } from './auth-error.ts';
import { hashOfCode } from './email-code.ts';
import { inTransaction } from './external-sign-in.ts';
import { internals, type LibraryAuthService, type Session } from './library.ts';
import { route } from './route.ts';
import { sessionRedirect } from './session-redirect.ts';

const kind = 'email_change';
const half = 'Confirmation link accepted. Please proceed to confirm link sent to the other email';

const proof = z.object({
  type: z.literal(kind),
  email: z.string().optional(),
  token: z.string().optional(),
  token_hash: z.string().optional(),
});

/**
 * `/verify` for a new address, as Supabase Auth does it: the old and the new mailbox both agree, in any order, within
 * `codeSeconds`. The library asks the old one alone, so that anybody could call themselves by any address.
 */
export function emailChangeRoutes(codeSeconds: number): MiddlewareHandler<HonoContext>[] {
  return [route('POST', '/verify', enterCode(codeSeconds)), route('GET', '/verify', followLink(codeSeconds))];
}

function enterCode(codeSeconds: number): MiddlewareHandler<HonoContext> {
  return async (context, next) => {
    const body = proof.safeParse(await context.req.json().catch(() => undefined));
    if (!body.success) return next();
    const { email, token, token_hash } = body.data;
    if (!token_hash && !(email && token))
      throw new AuthError(400, 'validation_failed', 'Verify requires either a token or a token hash');
    const tokenHash = token_hash ?? hashOfCode(email ?? '', token ?? '');
    const session = await confirm(context.get('authService'), tokenHash, codeSeconds);
    return context.json(session ?? { code: 200, msg: half });
  };
}

function followLink(codeSeconds: number): MiddlewareHandler<HonoContext> {
  return async (context, next) => {
    const { type, token = '', token_hash: tokenHash, redirect_to: redirectTo } = context.req.query();
    if (type !== kind) return next();
    const service = context.get('authService');
    const target = service.resolveEmailRedirect(redirectTo);
    try {
      const session = await confirm(service, tokenHash ?? token, codeSeconds);
      if (session) return context.redirect(sessionRedirect(target, session, kind), 303);
      return context.redirect(`${target}#${new URLSearchParams({ message: half, sb: '' }).toString()}`, 303);
    } catch (error) {
      if (!AuthError.from(error)) throw error;
      return context.redirect(errorRedirect(target, { ...asOAuthError(error), error: 'access_denied' }), 303);
    }
  };
}

/** The session with the new address once both have agreed; before that null. Each link is good for one time. */
function confirm(service: LibraryAuthService, tokenHash: string, codeSeconds: number): Promise<Session | null> {
  return inTransaction(service, async () => {
    const { repo } = service;
    const atOld = await repo.findUserByToken('email_change_token_current', tokenHash);
    const found = atOld ?? (await repo.findUserByToken('email_change_token_new', tokenHash));
    const column = atOld ? 'email_change_token_current' : 'email_change_token_new';
    const age = Date.now() - Date.parse(String(found?.email_change_sent_at));
    if (!found || !(age <= codeSeconds * 1_000) || !(await repo.claimUserToken(found.id, column, tokenHash)))
      throw new AuthError(403, 'otp_expired', 'Email link is invalid or has expired');
    // Read again, now that the row is ours: the other link may have been followed at the same moment.
    const user = await repo.findUserById(found.id);
    if (!user?.email_change) throw new AuthError(403, 'otp_expired', 'Email link is invalid or has expired');
    if (user.email_change_token_current || user.email_change_token_new) {
      await repo.updateUser(user.id, { email_change_confirm_status: 1 });
      return null;
    }
    const owner = await repo.findUserByEmail(user.email_change);
    if (owner && owner.id !== user.id)
      throw new AuthError(422, 'email_exists', 'A user with this email address has already been registered');
    await repo.updateUser(user.id, { email_change_confirm_status: 0 });
    return internals(service).completeVerifyOtp(user, column, kind);
  });
}

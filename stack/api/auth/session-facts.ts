import type { HonoContext } from '@supabase/lite';
import type { MiddlewareHandler } from 'hono';
import { decodeJwt, SignJWT } from 'jose';
import type { ApiConfig } from '../config.ts';
import { currentRequest } from '../request-context.ts';
import { databaseOf, internals, type LibraryAuthService, type Session } from './library.ts';

/**
 * Completes the sessions that the library makes: their rows say from where and by which program (people see it in their list of
 * devices), and their access tokens hold the claims that Supabase Auth puts in.
 */
export function sessionFacts(config: ApiConfig): MiddlewareHandler<HonoContext> {
  const key = new TextEncoder().encode(config.SUPABASE_JWT_SECRET);
  const issuer = `${new URL(config.SUPABASE_URL).origin}/auth/v1`;
  const complete = async (session: Session): Promise<Session> => {
    session.access_token = await withClaims(session, key, issuer);
    return session;
  };
  return async (context, next) => {
    const service = context.get('authService');
    const library = internals(service);
    const createSession = library.createSessionForUser.bind(service);
    const createRefreshed = library.createRefreshResponse.bind(service);
    // The service serves this request only.
    library.createSessionForUser = async (...args) => {
      const session = await complete(await createSession(...args));
      await rememberDevice(service, String(decodeJwt(session.access_token)['session_id']));
      return session;
    };
    library.createRefreshResponse = async (...args) => complete(await createRefreshed(...args));
    await next();
  };
}

async function withClaims(session: Session, key: Uint8Array, issuer: string): Promise<string> {
  const { user } = session;
  return new SignJWT({
    ...decodeJwt(session.access_token),
    iss: issuer,
    phone: user.phone,
    app_metadata: user.app_metadata,
    user_metadata: user.user_metadata,
    aal: 'aal1',
    is_anonymous: false,
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(key);
}

/** Inside the transaction of the sign-in, if there is one. */
async function rememberDevice(service: LibraryAuthService, sessionId: string): Promise<void> {
  const { headers, address } = currentRequest();
  await databaseOf(service)
    .updateTable('auth.sessions')
    .set({ user_agent: headers['user-agent'] ?? null, ip: address || null })
    .where('id', '=', sessionId)
    .execute();
}

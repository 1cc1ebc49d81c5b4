import { errors, jwtVerify } from 'jose';

export type JwtVerdict = { ok: true } | { ok: false; message: string };

/** Whether the request carries an access token of this project (HS256), as hosted functions with `verify_jwt` ask for it. */
export async function verifyJwt(request: Request, secret: Uint8Array): Promise<JwtVerdict> {
  const [scheme, token] = (request.headers.get('authorization') ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token) return { ok: false, message: 'Sign in to do this.' };
  try {
    await jwtVerify(token, secret, { algorithms: ['HS256'] });
    return { ok: true };
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { ok: false, message: 'Your sign-in has run out. Sign in again.' };
    if (error instanceof errors.JOSEError) return { ok: false, message: 'This sign-in is not valid. Sign in again.' };
    throw error;
  }
}

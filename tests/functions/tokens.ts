import { SignJWT } from 'jose';

/** An access token as Auth makes them; `expires` as jose reads it, such as `1h` or `-1m`. */
export function signToken(secret: string, expires = '1h', subject = crypto.randomUUID()): Promise<string> {
  return new SignJWT({ role: 'authenticated' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(subject)
    .setAudience('authenticated')
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret));
}

/** As an attacker without the secret would try: the header says that no signature is needed. */
export function unsignedToken(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const expires = Math.floor(Date.now() / 1000) + 3600;
  return `${part({ alg: 'none', typ: 'JWT' })}.${part({ sub: crypto.randomUUID(), role: 'authenticated', exp: expires })}.`;
}

import { createHash, timingSafeEqual } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import { Refusal } from './refusal.ts';

export interface Claims {
  role: string;
  /** Seconds. */
  exp: number;
  sub?: string;
  [claim: string]: unknown;
}

const tenYears = 10 * 365 * 86_400;

/**
 * Turns an API key or an access token into claims. `sb_…` keys stand for a role, as the gateway of hosted Supabase
 * exchanges them for a token; anything else is a JWT signed with the project's HS256 secret.
 */
export class Tokens {
  #secret: Uint8Array;
  #keys: { hash: Buffer; role: string }[];

  constructor(keys: { jwtSecret: string; publishableKey: string; secretKey: string }) {
    this.#secret = new TextEncoder().encode(keys.jwtSecret);
    this.#keys = [
      { hash: sha256(keys.publishableKey), role: 'anon' },
      { hash: sha256(keys.secretKey), role: 'service_role' },
    ];
  }

  /** Throws a Refusal with the reason that Supabase gives. */
  async verify(token: string): Promise<Claims> {
    if (token.startsWith('sb_')) return this.#apiKey(token);
    const payload = await this.#jwt(token);
    if (typeof payload.role !== 'string' || typeof payload.exp !== 'number') {
      throw new Refusal('InvalidJWTToken', 'Fields `role` and `exp` are required in JWT');
    }
    return { ...payload, role: payload.role, exp: Math.floor(payload.exp) };
  }

  #apiKey(key: string): Claims {
    const hash = sha256(key);
    const known = this.#keys.find((candidate) => timingSafeEqual(candidate.hash, hash));
    if (!known) throw new Refusal('InvalidAPIKey', 'Invalid API key');
    return { iss: 'supabase', role: known.role, exp: Math.floor(Date.now() / 1000) + tenYears };
  }

  async #jwt(token: string): Promise<Record<string, unknown>> {
    try {
      const { payload } = await jwtVerify(token, this.#secret, { algorithms: ['HS256', 'HS384', 'HS512'] });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw expired(Number(error.payload.exp));
      if (error instanceof errors.JWSSignatureVerificationFailed) {
        throw new Refusal('JwtSignatureError', 'Failed to validate JWT signature');
      }
      if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
        throw new Refusal(
          'JwtSignerError',
          'Failed to generate JWT signer, check your JWT secret or JWKS configuration',
        );
      }
      if (error instanceof errors.JWTClaimValidationFailed) {
        throw new Refusal('InvalidJWTToken', `Claim \`${error.claim}\` of the token is invalid`);
      }
      throw new Refusal('MalformedJWT', 'The token provided is not a valid JWT');
    }
  }
}

/** The refusal of a token whose time is over, also while its channel is open. */
export function expired(exp: number, now = Date.now()): Refusal {
  return new Refusal('InvalidJWTToken', `Token has expired ${Math.max(0, Math.floor(now / 1000) - exp)} seconds ago`);
}

function sha256(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}

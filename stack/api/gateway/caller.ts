import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { errors, jwtVerify } from 'jose';
import type { ApiConfig } from '../config.ts';
import { ApiError } from './errors.ts';

/** Who calls: by which kind of key, and as whom. */
export interface Caller {
  /** Kind of API key; `none` without one. */
  key: 'publishable' | 'secret' | 'none';
  /** Claims the database sees; those of a key when no user signed in. */
  claims: Record<string, unknown>;
  /** Set when an access token was presented and is valid. */
  userId?: string;
}

export class CallerResolver {
  readonly #publishable: Buffer;
  readonly #secret: Buffer;
  readonly #jwtSecret: Uint8Array;

  constructor(config: ApiConfig) {
    this.#publishable = digest(config.SUPABASE_PUBLISHABLE_KEY);
    this.#secret = digest(config.SUPABASE_SECRET_KEY);
    this.#jwtSecret = new TextEncoder().encode(config.SUPABASE_JWT_SECRET);
  }

  /** Kind of the key in `apikey` (header or query). Throws 401 for a key that is none of ours. */
  key(request: IncomingMessage, url: URL): Caller['key'] {
    const given = request.headers['apikey'] ?? url.searchParams.get('apikey');
    if (typeof given !== 'string' || given === '') return 'none';
    const hash = digest(given);
    if (timingSafeEqual(hash, this.#publishable)) return 'publishable';
    if (timingSafeEqual(hash, this.#secret)) {
      // As on Supabase: whoever ships the secret key to a browser learns it at the first request.
      if (/^\s*Mozilla\//i.test(request.headers['user-agent'] ?? ''))
        throw new ApiError(401, 'api_key_forbidden', 'The secret key must not be used in a browser.', {
          hint: 'Use the publishable key.',
        });
      return 'secret';
    }
    throw new ApiError(401, 'api_key_invalid', 'Invalid API key.', { hint: 'Double check your API key.' });
  }

  /**
   * The caller of a request: the access token's claims, else those of the key. A token needs a signature of ours, and `exp`
   * and `role`, but no session: like PostgREST, it is good until it expires.
   */
  async resolve(request: IncomingMessage, url: URL): Promise<Caller> {
    const key = this.key(request, url);
    const token = bearerToken(request);
    if (token === undefined || token.startsWith('sb_'))
      return { key, claims: { role: key === 'secret' ? 'service_role' : 'anon' } };
    const claims = await this.verify(token);
    return { key, claims, ...(typeof claims['sub'] === 'string' ? { userId: claims['sub'] } : {}) };
  }

  /** Claims of an access token; throws 401 with PostgREST's code. */
  async verify(token: string): Promise<Record<string, unknown>> {
    try {
      const { payload } = await jwtVerify(token, this.#jwtSecret, { algorithms: ['HS256'], requiredClaims: ['exp'] });
      return { ...payload, role: typeof payload['role'] === 'string' ? payload['role'] : 'anon' };
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) throw tokenError('PGRST303', 'JWT expired', cause);
      if (cause instanceof errors.JWTClaimValidationFailed) throw tokenError('PGRST303', cause.message, cause);
      throw tokenError('PGRST301', 'No suitable key or wrong key type', cause);
    }
  }
}

export function bearerToken(request: IncomingMessage): string | undefined {
  return /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1];
}

function tokenError(code: string, message: string, cause: unknown): ApiError {
  return new ApiError(401, code, message, {
    cause,
    hint: 'Sign in again.',
    headers: {
      'www-authenticate': `Bearer error="invalid_token", error_description="${message.replaceAll('"', "'")}"`,
    },
  });
}

/** Equal lengths, so that comparing takes the same time whatever was sent. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

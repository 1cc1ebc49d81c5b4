import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { type LicenseClaims, licenseClaims, licenseIssuer } from './claims.ts';
import { licenseAlgorithm, readPublicKeys } from './keys.ts';

export type LicenseProblem =
  'unreadable' | 'unknown_key' | 'wrong_signature' | 'not_yet_valid' | 'expired' | 'wrong_content';

const messages: Record<LicenseProblem, string> = {
  unreadable: 'This is no license key. Copy all of it, from the first to the last character.',
  unknown_key: 'This license was signed with a key that this installation does not know.',
  wrong_signature: 'The signature of this license is wrong: it was changed, or is incomplete.',
  not_yet_valid: 'This license is not valid yet.',
  expired: 'This license has ended.',
  wrong_content: 'This license does not say what a license must say.',
};

/** Why a license key is not taken; the message is for people. */
export class LicenseError extends Error {
  override readonly name = 'LicenseError';
  readonly problem: LicenseProblem;

  constructor(problem: LicenseProblem, cause?: unknown) {
    super(messages[problem], { cause });
    this.problem = problem;
  }
}

export interface VerifiedLicense {
  claims: LicenseClaims;
  /** Of the public key that the signature was checked with. */
  fingerprint: string;
}

/** Checks a key offline against the public keys (PEM). Throws `LicenseError`; a broken public key is a `TypeError`. */
export async function verifyLicense(key: string, publicKeys: string, now: Date = new Date()): Promise<VerifiedLicense> {
  const known = await readPublicKeys(publicKeys);
  const token = key.trim();
  let fingerprint: string | undefined;
  try {
    fingerprint = decodeProtectedHeader(token).kid;
  } catch (error) {
    throw new LicenseError('unreadable', error);
  }
  const publicKey = known.get(fingerprint ?? '');
  if (!fingerprint || !publicKey) throw new LicenseError('unknown_key');
  try {
    const { payload } = await jwtVerify(token, publicKey, {
      algorithms: [licenseAlgorithm],
      issuer: licenseIssuer,
      currentDate: now,
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    return { claims: licenseClaims.parse(payload), fingerprint };
  } catch (error) {
    throw new LicenseError(problemOf(error), error);
  }
}

function problemOf(error: unknown): LicenseProblem {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === 'nbf' ? 'not_yet_valid' : 'wrong_content';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'wrong_signature';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'unreadable';
  return 'wrong_content';
}

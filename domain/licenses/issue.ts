import { SignJWT } from 'jose';
import { type LicenseClaims, licenseClaims, licenseIssuer } from './claims.ts';
import { licenseAlgorithm, readPrivateKey } from './keys.ts';

export interface IssuedLicense {
  /** The license key as people paste it. */
  key: string;
  fingerprint: string;
}

/** Signs claims with the private key (PEM). Throws for claims that no installation would take. */
export async function issueLicense(claims: LicenseClaims, privateKey: string): Promise<IssuedLicense> {
  const { jti, tid, sub, features, iat, exp } = licenseClaims.parse(claims);
  const { key, fingerprint } = await readPrivateKey(privateKey);
  const signed = await new SignJWT({ tid, features })
    .setProtectedHeader({ alg: licenseAlgorithm, kid: fingerprint, typ: 'JWT' })
    .setIssuer(licenseIssuer)
    .setSubject(sub)
    .setJti(jti)
    .setIssuedAt(iat)
    .setNotBefore(iat)
    .setExpirationTime(exp)
    .sign(key);
  return { key: signed, fingerprint };
}

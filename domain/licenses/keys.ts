import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  importPKCS8,
  importSPKI,
} from 'jose';

export const licenseAlgorithm = 'EdDSA';

export interface LicenseKeyPair {
  /** PEM; stays with who issues. */
  privateKey: string;
  /** PEM; every installation may have it. */
  publicKey: string;
}

/** A new Ed25519 pair. */
export async function newLicenseKeys(): Promise<LicenseKeyPair> {
  const pair = await generateKeyPair(licenseAlgorithm, { crv: 'Ed25519', extractable: true });
  return { privateKey: await exportPKCS8(pair.privateKey), publicKey: await exportSPKI(pair.publicKey) };
}

/** The RFC 7638 thumbprint of the public part: names the key in `kid` without revealing anything. */
async function fingerprintOf(key: CryptoKey): Promise<string> {
  const { kty, crv, x } = await exportJWK(key);
  return calculateJwkThumbprint({ kty: kty ?? '', ...(crv && { crv }), ...(x && { x }) });
}

export async function readPrivateKey(pem: string): Promise<{ key: CryptoKey; fingerprint: string }> {
  const key = await importPKCS8(pem.trim(), licenseAlgorithm, { extractable: true });
  return { key, fingerprint: await fingerprintOf(key) };
}

/** Public keys by fingerprint. Several PEMs may follow one another, so that a new key can come before the old one goes. */
export async function readPublicKeys(pems: string): Promise<Map<string, CryptoKey>> {
  const keys = new Map<string, CryptoKey>();
  for (const [pem] of pems.matchAll(/-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----/g)) {
    const key = await importSPKI(pem, licenseAlgorithm, { extractable: true });
    keys.set(await fingerprintOf(key), key);
  }
  if (keys.size === 0) throw new TypeError('LICENSE_PUBLIC_KEY holds no public key in PEM form.');
  return keys;
}

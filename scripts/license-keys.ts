// `npm run license:keys`: a new pair to sign licenses with, as two PEM files in this folder. The private one never leaves who issues.
import { existsSync, writeFileSync } from 'node:fs';
import { newLicenseKeys } from '../domain/licenses/keys.ts';

const files = { privateKey: 'license-private-key.pem', publicKey: 'license-public-key.pem' } as const;
const standing = Object.values(files).filter((file) => existsSync(file));

if (standing.length > 0) {
  console.error(
    `${standing.join(' and ')}: already here. Licenses signed with it would be worth nothing; move it first.`,
  );
  process.exitCode = 1;
} else {
  const keys = await newLicenseKeys();
  writeFileSync(files.privateKey, keys.privateKey, { mode: 0o600, flag: 'wx' });
  writeFileSync(files.publicKey, keys.publicKey, { flag: 'wx' });
  console.log(
    `Wrote ${files.privateKey} (LICENSE_PRIVATE_KEY, keep it) and ${files.publicKey} (LICENSE_PUBLIC_KEY, give it away).`,
  );
}

import { z } from 'zod';
import { licenseClaims } from '../../domain/licenses/claims.ts';
import { issueLicense } from '../../domain/licenses/issue.ts';
import { readPrivateKey } from '../../domain/licenses/keys.ts';
import { LicenseError, verifyLicense } from '../../domain/licenses/verify.ts';
import { AppError } from '../_shared/app-error.ts';
import { type Call, createHandler } from '../_shared/http.ts';
import { readBody } from '../_shared/input.ts';
import { callFunction, type MgmtClient } from '../_shared/supabase.ts';

export interface LicensesDeps {
  /** PEM, one or several; undefined: this installation can check no license. */
  publicKeys: string | undefined;
  /** PEM; undefined: this installation issues none. */
  privateKey: string | undefined;
  userClient: (call: Call) => MgmtClient;
  serviceClient: (call: Call) => MgmtClient;
}

/** License keys: taken from an Owner, and issued for an operator. */
export function createLicensesHandler(deps: LicensesDeps): (request: Request) => Promise<Response> {
  return createHandler('licenses', {
    'PUT /key': (call) => install(deps, call),
    'POST /issue': (call) => issue(deps, call),
  });
}

const installInput = z.object({ key: z.string().trim().min(1).max(4000) });
const state = z.object({ table_id: z.string() });

/** PUT /key. The database cannot check the signature, so it believes the service role that this function did. */
async function install(deps: LicensesDeps, call: Call): Promise<Response> {
  // Only an Owner is answered here.
  const { table_id: table } = await callFunction(deps.userClient(call), 'license_state', {}, state);
  const { key } = await readBody(call.request, installInput);
  if (!deps.publicKeys) {
    throw new AppError('secret_store_unavailable', 'This installation has no public key to check licenses with.', {
      hint: 'Set LICENSE_PUBLIC_KEY.',
    });
  }
  const { claims, fingerprint } = await verifyLicense(key, deps.publicKeys).catch((error: unknown) => {
    if (!(error instanceof LicenseError)) throw error;
    throw new AppError('validation', error.message, {
      hint: 'Ask for a new key where you got this one.',
      field: 'key',
      cause: error,
    });
  });
  const args = { tenant: table, claims, key_fingerprint: fingerprint };
  const license = await callFunction(deps.serviceClient(call), 'install_license', args, z.unknown());
  return Response.json({ license });
}

const issueInput = z.object({
  table_id: z.string().trim().max(60),
  licensee: z.string().max(200),
  features: z.array(z.string().max(40)).max(10),
  months: z.int().default(12),
});

/** POST /issue. The database admits operators, writes the license down and says what to sign; the key is shown this once. */
async function issue(deps: LicensesDeps, call: Call): Promise<Response> {
  const input = await readBody(call.request, issueInput);
  if (!deps.privateKey) {
    throw new AppError('secret_store_unavailable', 'This installation has no private key to sign licenses with.', {
      hint: 'Set LICENSE_PRIVATE_KEY, made by npm run license:keys.',
    });
  }
  // An unusable key must not leave a license behind that nobody can have.
  await readPrivateKey(deps.privateKey);
  const claims = await callFunction(deps.userClient(call), 'admin_issue_license', input, licenseClaims);
  const { key, fingerprint } = await issueLicense(claims, deps.privateKey);
  const signed = { license: claims.jti, key_fingerprint: fingerprint };
  await callFunction(deps.serviceClient(call), 'license_signed', signed, z.unknown());
  return Response.json({ key, license: claims }, { status: 201 });
}

import type { RequestEvent } from '@sveltejs/kit';
import { type Api, unwrapJson } from './api.ts';
import { callFunction } from './functions.ts';

/** `mgmt.license_state()`: what this table's license gives, and until when. */
export interface LicenseState {
  state: 'none' | 'valid' | 'grace' | 'ended';
  licensee: string | null;
  /** Of the license. */
  features: string[] | null;
  expires_at: string | null;
  /** Features stay on for a while after the license ended. */
  features_end_at: string | null;
  /** What a license has to be issued for. */
  table_id: string;
  /** Features that are on now, by license or mode. */
  active: string[] | null;
}

export async function readLicense(api: Api): Promise<LicenseState> {
  return unwrapJson<LicenseState>(await api.rpc('license_state'));
}

/** Hands a key over to be checked; its features are on at once. */
export async function installLicense(event: RequestEvent, key: string): Promise<void> {
  await callFunction(event, 'licenses/key', { method: 'PUT', body: { key } });
}

import { readLicenses } from '#lib/operations/server/reads.ts';
import { csvFile } from '#lib/server/csv.ts';
import type { RequestHandler } from './$types';

const columns = [
  'id',
  'kind',
  'table_id',
  'tenant_id',
  'licensee',
  'issued_at',
  'expires_at',
  'key_fingerprint',
] as const;

/** The licenses that the page lists. */
export const GET: RequestHandler = (event) => {
  async function* rows() {
    const licenses = await readLicenses(event);
    yield licenses.map((license) => [...columns.map((column) => license[column]), license.features.join(' ')]);
  }
  return csvFile('glyphoxa-licenses.csv', [...columns, 'features'], rows());
};

import { makeZip } from 'client-zip';
import { requireRole } from '#lib/server/account.ts';
import { fileResponse } from '#lib/server/file-download.ts';
import { tableFiles } from '#lib/server/table-files.ts';
import type { RequestHandler } from './$types';

/** The files of the table, under the names that the archive lists. */
export const GET: RequestHandler = async (event) => {
  const { tenant } = await requireRole(event, 'tenant_owner');
  return fileResponse(makeZip(tableFiles(event.locals.api, tenant.id)), {
    name: `glyphoxa-files-${new Date().toISOString().slice(0, 10)}.zip`,
    type: 'application/zip',
  });
};

import { readFilters, resourceKinds } from '#lib/audit/audit-log.ts';
import { auditCells, auditColumns } from '#lib/audit/csv.ts';
import { auditPages, readPeople } from '#lib/audit/server/audit-log.ts';
import { requireRole } from '#lib/server/account.ts';
import { csvFile } from '#lib/server/csv.ts';
import type { RequestHandler } from './$types';

/** The history as the page shows it with these filters, down to its end. */
export const GET: RequestHandler = async (event) => {
  await requireRole(event, 'tenant_owner');
  const { api } = event.locals;
  const filters = readFilters(event.url.searchParams, resourceKinds);
  const names = new Map((await readPeople(api)).map(({ id, name }) => [id, name]));
  async function* rows() {
    for await (const entries of auditPages(api, filters)) {
      yield entries.map((entry) => auditCells(entry, (entry.actor && names.get(entry.actor)) || null));
    }
  }
  return csvFile(`glyphoxa-history-${new Date().toISOString().slice(0, 10)}.csv`, auditColumns, rows());
};

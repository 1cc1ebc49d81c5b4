import { auditCells, auditColumns } from '#lib/audit/csv.ts';
import { allPages, readLog, readLogSearch } from '#lib/operations/server/reads.ts';
import { csvFile } from '#lib/server/csv.ts';
import type { RequestHandler } from './$types';

/** The log of all tables as it is filtered, down to its end. */
export const GET: RequestHandler = (event) => {
  const search = readLogSearch(event.url.searchParams);
  async function* rows() {
    for await (const entries of allPages((after, limit) => readLog(event, search, after, limit))) {
      yield entries.map((entry) => [...auditCells(entry, entry.actor_name), entry.tenant_id, entry.tenant_name]);
    }
  }
  return csvFile('glyphoxa-history.csv', [...auditColumns, 'tenant_id', 'tenant_name'], rows());
};

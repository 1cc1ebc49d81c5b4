import { allPages, readTables, readTableSearch } from '#lib/operations/server/reads.ts';
import { csvFile } from '#lib/server/csv.ts';
import type { RequestHandler } from './$types';

const columns = [
  'id',
  'name',
  'contact_email',
  'created_at',
  'members',
  'plan',
  'status',
  'used',
  'cap',
  'live',
  'last_session_at',
] as const;

/** The list of tables as it is searched, down to its end. */
export const GET: RequestHandler = (event) => {
  const search = readTableSearch(event.url.searchParams);
  async function* rows() {
    for await (const tables of allPages((after, limit) => readTables(event, search, after, limit))) {
      yield tables.map((table) => columns.map((column) => table[column]));
    }
  }
  return csvFile('glyphoxa-tables.csv', columns, rows());
};

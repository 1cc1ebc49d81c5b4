import { isFiltered } from '#lib/audit/audit-log.ts';
import { readLog, readLogSearch } from '#lib/operations/server/reads.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const { searchParams } = event.url;
  const search = readLogSearch(searchParams);
  const after = searchParams.get('after');
  return {
    search,
    filtered: isFiltered(search),
    continued: after !== null,
    page: await readLog(event, search, after),
    now: Date.now(),
  };
};

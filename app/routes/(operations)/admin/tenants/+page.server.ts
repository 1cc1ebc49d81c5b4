import { readTables, readTableSearch } from '#lib/operations/server/reads.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const { searchParams } = event.url;
  const search = readTableSearch(searchParams);
  const after = searchParams.get('after');
  return {
    search,
    continued: after !== null,
    page: await readTables(event, search, after),
    now: Date.now(),
  };
};

import { readTable } from '#lib/operations/server/reads.ts';
import { refuse } from '#lib/server/api.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  // What cannot be an id is asked nobody.
  if (!/^[\w-]{1,64}$/.test(event.params.t)) refuse('not_found');
  return { table: await readTable(event, event.params.t), now: Date.now() };
};

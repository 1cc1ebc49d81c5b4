import { readTable } from '#lib/operations/server/reads.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({
  table: await readTable(event, event.params.t),
  now: Date.now(),
});

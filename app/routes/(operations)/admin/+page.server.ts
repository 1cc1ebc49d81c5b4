import { readOverview } from '#lib/operations/server/reads.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({ overview: await readOverview(event) });

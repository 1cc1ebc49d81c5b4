import { dependencies } from '#lib/realtime/refresh.ts';
import { readOverview } from '#lib/server/dashboard.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
  depends(dependencies.account, dependencies.campaigns, dependencies.npcs, dependencies.sessions);
  return { overview: await readOverview(locals.api, await locals.account()) };
};

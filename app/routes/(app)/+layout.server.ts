import { dependencies } from '#lib/realtime/refresh.ts';
import { countNpcs, readCampaignNames } from '#lib/server/campaign-names.ts';
import type { LayoutServerLoad } from './$types';

/** What the frame shows. Rights are not decided here: a layout does not load again on every move. */
export const load: LayoutServerLoad = async ({ locals, depends }) => {
  depends(dependencies.account, dependencies.campaigns, dependencies.npcs, dependencies.notifications);
  const [account, campaigns, npcCounts] = await Promise.all([
    locals.account(),
    readCampaignNames(locals.api),
    countNpcs(locals.api),
  ]);
  return { account, campaigns, npcCounts, theme: locals.theme };
};

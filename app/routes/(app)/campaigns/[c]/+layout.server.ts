import { dependencies } from '#lib/realtime/refresh.ts';
import { requireRole } from '#lib/server/account.ts';
import { readCampaign } from '#lib/server/campaigns.ts';
import type { LayoutServerLoad } from './$types';

/** The campaign of the address for the pages below it. 404 for others' campaigns, 403 for players. */
export const load: LayoutServerLoad = async (event) => {
  event.depends(dependencies.campaigns);
  await requireRole(event, 'dm');
  return { campaign: await readCampaign(event.locals.api, event.params.c) };
};

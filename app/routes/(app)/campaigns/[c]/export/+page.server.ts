import { requireRole } from '#lib/server/account.ts';
import { listLore } from '#lib/server/lore.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  await requireRole(event, 'dm');
  return { pages: (await listLore(event.locals.api, event.params.c)).length };
};

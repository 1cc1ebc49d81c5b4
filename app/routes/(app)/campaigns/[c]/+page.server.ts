import { dependencies } from '#lib/realtime/refresh.ts';
import { requireRole } from '#lib/server/account.ts';
import { latestLore } from '#lib/server/lore.ts';
import { listNpcs } from '#lib/server/npcs.ts';
import { lastSessions } from '#lib/server/sessions-of-campaign.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  event.depends(dependencies.npcs, dependencies.lore, dependencies.sessions);
  const account = await requireRole(event, 'dm');
  const { api } = event.locals;
  const [npcs, sessions, pages] = await Promise.all([
    listNpcs(api, event.params.c, account.plan?.llm_tier ?? null),
    lastSessions(api, event.params.c, 3),
    latestLore(api, event.params.c, 4),
  ]);
  return { npcs, sessions, pages };
};

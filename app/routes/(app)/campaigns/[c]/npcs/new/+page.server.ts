import { redirect } from '@sveltejs/kit';
import { isTemplateKind } from '#domain/npc-templates.ts';
import { dependencies } from '#lib/realtime/refresh.ts';
import { requireRole } from '#lib/server/account.ts';
import { readCampaign } from '#lib/server/campaigns.ts';
import { takeTemplate } from '#lib/server/npc-newcomer.ts';
import { newcomerContext } from '#lib/server/npcs.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  event.depends(dependencies.npcs);
  await requireRole(event, 'dm');
  const asked = event.url.searchParams.get('template');
  return {
    template: isTemplateKind(asked) ? asked : ('' as const),
    ...(await newcomerContext(event.locals.api, event.params.c)),
  };
};

export const actions: Actions = {
  default: async (event) => {
    await requireRole(event, 'dm');
    const { language } = await readCampaign(event.locals.api, event.params.c);
    const sent = await takeTemplate(event, event.params.c, language);
    if (sent.failure) return sent.failure;
    redirect(303, `/campaigns/${event.params.c}/npcs/${sent.value}`);
  },
};

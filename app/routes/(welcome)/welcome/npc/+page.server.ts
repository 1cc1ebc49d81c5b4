import { redirect } from '@sveltejs/kit';
import { requireRole } from '#lib/server/account.ts';
import { takeTemplate } from '#lib/server/npc-newcomer.ts';
import { newcomerContext } from '#lib/server/npcs.ts';
import { firstCampaign, readOnboarding, stepsOf } from '#lib/server/onboarding.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const [{ account, done }, campaign] = await Promise.all([readOnboarding(event), firstCampaign(event)]);
  const { names, pigment } = await newcomerContext(event.locals.api, campaign.id);
  return { steps: stepsOf(account), done, language: campaign.language, names, pigment };
};

export const actions: Actions = {
  default: async (event) => {
    await requireRole(event, 'dm');
    const { id, language } = await firstCampaign(event);
    const sent = await takeTemplate(event, id, language);
    if (sent.failure) return sent.failure;
    redirect(303, '/welcome/ready');
  },
};

import { redirect } from '@sveltejs/kit';
import { isCampaignLanguage } from '#domain/campaign-options.ts';
import { campaignSchema } from '#domain/schemas/campaign.ts';
import { campaignFromData } from '#lib/server/campaign-form.ts';
import { updateCampaign } from '#lib/server/campaigns.ts';
import { submit } from '#lib/server/form.ts';
import { firstCampaign, readOnboarding, requireOwner, stepsOf } from '#lib/server/onboarding.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  await requireOwner(event);
  const [{ account, done }, campaign] = await Promise.all([readOnboarding(event), firstCampaign(event)]);
  const language = isCampaignLanguage(campaign.language) ? campaign.language : event.locals.language;
  return { steps: stepsOf(account), done, values: { ...campaign, language } };
};

export const actions: Actions = {
  // The default campaign gets its name; no second one is made.
  default: async (event) => {
    await requireOwner(event);
    const { id, description } = await firstCampaign(event);
    const input = { ...campaignFromData(await event.request.formData()), description };
    const sent = await submit(campaignSchema, input, input, (value) => updateCampaign(event.locals.api, id, value));
    if (sent.failure) return sent.failure;
    redirect(303, '/welcome/bot');
  },
};

import { redirect } from '@sveltejs/kit';
import { campaignSchema } from '#domain/schemas/campaign.ts';
import { requireRole } from '#lib/server/account.ts';
import { campaignFromData, emptyCampaign } from '#lib/server/campaign-form.ts';
import { createCampaign } from '#lib/server/campaigns.ts';
import { submit } from '#lib/server/form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  await requireRole(event, 'dm');
  return { values: emptyCampaign(event.locals.language) };
};

export const actions: Actions = {
  default: async (event) => {
    await requireRole(event, 'dm');
    const input = campaignFromData(await event.request.formData());
    const sent = await submit(campaignSchema, input, input, (value) => createCampaign(event.locals.api, value));
    if (sent.failure) return sent.failure;
    redirect(303, `/campaigns/${sent.value}`);
  },
};

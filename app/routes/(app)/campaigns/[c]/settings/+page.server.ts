import { fail, redirect } from '@sveltejs/kit';
import { campaignSchema } from '#domain/schemas/campaign.ts';
import { requireRole } from '#lib/server/account.ts';
import { attempt } from '#lib/server/api.ts';
import { campaignFromData } from '#lib/server/campaign-form.ts';
import { type CampaignShelf, shelveCampaign, updateCampaign } from '#lib/server/campaigns.ts';
import { submit } from '#lib/server/form.ts';
import type { Actions, RequestEvent } from './$types';

async function shelve(event: RequestEvent, to: CampaignShelf) {
  await requireRole(event, 'dm');
  const done = await attempt(() => shelveCampaign(event.locals.api, event.params.c, to));
  if (!done.ok) return fail(done.status, { values: null, errors: {}, problem: done.problem });
  redirect(303, to === 'active' ? `/campaigns/${event.params.c}` : `/campaigns`);
}

export const actions: Actions = {
  save: async (event) => {
    await requireRole(event, 'dm');
    const input = campaignFromData(await event.request.formData());
    const sent = await submit(campaignSchema, input, input, (value) =>
      updateCampaign(event.locals.api, event.params.c, value),
    );
    return sent.failure ?? { saved: true };
  },
  archive: (event) => shelve(event, 'archived'),
  bin: (event) => shelve(event, 'bin'),
  restore: (event) => shelve(event, 'active'),
};

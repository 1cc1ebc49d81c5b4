import { fail, redirect } from '@sveltejs/kit';
import { readCampaignFile } from '#lib/campaign-file/read.ts';
import { requireRole } from '#lib/server/account.ts';
import { attempt, type Problem } from '#lib/server/api.ts';
import { importCampaign } from '#lib/server/campaign-file.ts';
import { dependencies } from '#lib/realtime/refresh.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  event.depends(dependencies.account, dependencies.campaigns);
  await requireRole(event, 'dm');
};

export const actions: Actions = {
  default: async (event) => {
    await requireRole(event, 'dm');
    const given = (await event.request.formData()).get('file');
    if (!(given instanceof File) || given.size === 0)
      return fail(422, { wrong: 'missing' as const, problem: null as Problem | null });
    const file = readCampaignFile(await given.text());
    if (!file.ok) {
      const field = file.reason === 'not_text' ? file.field : '';
      return fail(422, { wrong: file.reason, field, problem: null as Problem | null });
    }
    const done = await attempt(() => importCampaign(event.locals.api, file.bundle));
    if (!done.ok) return fail(done.status, { wrong: null, problem: done.problem as Problem | null });
    const { campaign_id, npcs, lore, characters, set_aside } = done.value;
    redirect(303, `/campaigns/${campaign_id}?imported=${[npcs, lore, characters, set_aside].join('.')}`);
  },
};

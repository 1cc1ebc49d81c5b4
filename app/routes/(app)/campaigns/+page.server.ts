import { fail } from '@sveltejs/kit';
import { z } from 'zod';
import { dependencies } from '#lib/realtime/refresh.ts';
import { requireRole } from '#lib/server/account.ts';
import { attempt } from '#lib/server/api.ts';
import { placeProblem } from '#lib/server/form.ts';
import { type CampaignShelf, deleteCampaign, listCampaigns, shelveCampaign } from '#lib/server/campaigns.ts';
import type { Actions, PageServerLoad } from './$types';

const shelves: readonly CampaignShelf[] = ['active', 'archived', 'bin'];

export const load: PageServerLoad = async (event) => {
  event.depends(dependencies.campaigns);
  await requireRole(event, 'dm');
  const asked = event.url.searchParams.get('list');
  const shelf = shelves.find((known) => known === asked) ?? 'active';
  const query = event.url.searchParams.get('q')?.trim() ?? '';
  const campaigns = await listCampaigns(event.locals.api, shelf);
  const fits = (text: string) => text.toLocaleLowerCase().includes(query.toLocaleLowerCase());
  return {
    shelf,
    query,
    empty: campaigns.length === 0,
    list: campaigns.filter(({ name, system }) => fits(name) || fits(system)),
  };
};

const form = z.object({ id: z.string().min(1), to: z.enum(['active', 'archived', 'bin']) });

export const actions: Actions = {
  shelve: async (event) => {
    await requireRole(event, 'dm');
    const input = form.safeParse(Object.fromEntries(await event.request.formData()));
    if (!input.success) return fail(422, { problem: null });
    const { id, to } = input.data;
    const done = await attempt(() => shelveCampaign(event.locals.api, id, to));
    return done.ok ? { shelved: to } : fail(done.status, { problem: done.problem });
  },
  delete: async (event) => {
    await requireRole(event, 'dm');
    const data = await event.request.formData();
    const [id, confirm_name] = [String(data.get('id') ?? ''), String(data.get('confirm_name') ?? '')];
    const done = await attempt(() => deleteCampaign(event.locals.api, id, confirm_name));
    if (done.ok) return { deleted: true };
    const { errors, problem } = placeProblem(done.problem, ['confirm_name']);
    return fail(done.status, { problem, typed: { id, confirm_name, wrong: 'confirm_name' in errors } });
  },
};

import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { loreStarters } from '#lib/lore/starters.ts';
import { m } from '#lib/paraglide/messages.js';
import { dependencies } from '#lib/realtime/refresh.ts';
import { requireRole } from '#lib/server/account.ts';
import { attempt } from '#lib/server/api.ts';
import { binLorePage, createLorePage, latestLore, listLore, orderLore, restoreLorePage } from '#lib/server/lore.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async (event) => {
  event.depends(dependencies.lore);
  await requireRole(event, 'dm');
  return { latest: await latestLore(event.locals.api, event.params.c, 5) };
};

const order = z.object({ pages: z.string().min(1) });
const move = z.object({ id: z.string().min(1), to: z.enum(['up', 'down']) });

async function formOf(event: RequestEvent): Promise<Record<string, unknown>> {
  await requireRole(event, 'dm');
  return Object.fromEntries(await event.request.formData());
}

export const actions: Actions = {
  create: async (event) => {
    const { starter } = await formOf(event);
    const begun = loreStarters.find(({ key }) => key === starter);
    const page = begun
      ? { title: begun.title(), category: begun.category, content: begun.content() }
      : { title: m.lore_untitled() };
    const done = await attempt(() => createLorePage(event.locals.api, event.params.c, page));
    if (!done.ok) return fail(done.status, { problem: done.problem });
    redirect(303, `/campaigns/${event.params.c}/lore/${done.value}`);
  },
  order: async (event) => {
    const input = order.safeParse(await formOf(event));
    if (!input.success) return fail(422, { problem: null });
    const done = await attempt(() => orderLore(event.locals.api, event.params.c, input.data.pages.split(',')));
    return done.ok ? { ordered: true } : fail(done.status, { problem: done.problem });
  },
  /** One place up or down, for those without scripts. */
  move: async (event) => {
    const input = move.safeParse(await formOf(event));
    if (!input.success) return fail(422, { problem: null });
    const { id, to } = input.data;
    const done = await attempt(async () => {
      const pages = (await listLore(event.locals.api, event.params.c)).map((page) => page.id);
      const from = pages.indexOf(id);
      const [page] = from < 0 ? [] : pages.splice(from, 1);
      if (page) pages.splice(Math.max(0, to === 'up' ? from - 1 : from + 1), 0, page);
      await orderLore(event.locals.api, event.params.c, pages);
    });
    return done.ok ? { ordered: true } : fail(done.status, { problem: done.problem });
  },
  bin: async (event) => {
    const id = String((await formOf(event))['id'] ?? '');
    const done = await attempt(() => binLorePage(event.locals.api, event.params.c, id));
    return done.ok ? { binned: { id, title: done.value } } : fail(done.status, { problem: done.problem });
  },
  restore: async (event) => {
    const id = String((await formOf(event))['id'] ?? '');
    const done = await attempt(() => restoreLorePage(event.locals.api, event.params.c, id));
    return done.ok ? { restored: { id, title: done.value } } : fail(done.status, { problem: done.problem });
  },
};

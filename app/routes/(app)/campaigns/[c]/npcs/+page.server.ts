import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { m } from '#lib/paraglide/messages.js';
import { dependencies } from '#lib/realtime/refresh.ts';
import { requireRole } from '#lib/server/account.ts';
import { attempt } from '#lib/server/api.ts';
import { markAppearances } from '#lib/server/npc-appearances.ts';
import { duplicateNpc, listNpcs } from '#lib/server/npcs.ts';
import { listResting, restNpc, restoreNpc } from '#lib/server/npcs-aside.ts';
import type { Actions, PageServerLoad } from './$types';

const lists = ['cast', 'aside', 'bin'] as const;

export const load: PageServerLoad = async (event) => {
  event.depends(dependencies.npcs);
  const account = await requireRole(event, 'dm');
  const { api } = event.locals;
  const asked = event.url.searchParams.get('list');
  const [npcs, resting] = await Promise.all([
    listNpcs(api, event.params.c, account.plan?.llm_tier ?? null),
    listResting(api, event.params.c),
  ]);
  const marks = await markAppearances(api, npcs);
  return { list: lists.find((known) => known === asked) ?? 'cast', npcs, marks, resting };
};

const rest = z.object({ id: z.string().min(1), reason: z.enum(['aside', 'bin']) });

export const actions: Actions = {
  rest: async (event) => {
    await requireRole(event, 'dm');
    const input = rest.safeParse(Object.fromEntries(await event.request.formData()));
    if (!input.success) return fail(422, { problem: null });
    const { id, reason } = input.data;
    const done = await attempt(() => restNpc(event.locals.api, id, reason));
    return done.ok ? { rested: { id, reason, name: done.value } } : fail(done.status, { problem: done.problem });
  },
  restore: async (event) => {
    await requireRole(event, 'dm');
    const id = String((await event.request.formData()).get('id') ?? '');
    const done = await attempt(() => restoreNpc(event.locals.api, id));
    return done.ok ? { restored: done.value } : fail(done.status, { problem: done.problem });
  },
  duplicate: async (event) => {
    await requireRole(event, 'dm');
    const { api } = event.locals;
    const id = String((await event.request.formData()).get('id') ?? '');
    const nameOf = (name: string) => m.npc_copy_name({ name });
    const done = await attempt(() => duplicateNpc(api, event.params.c, id, nameOf));
    if (!done.ok) return fail(done.status, { problem: done.problem });
    redirect(303, `/campaigns/${event.params.c}/npcs/${done.value}`);
  },
};

import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { m } from '#lib/paraglide/messages.js';
import { dependencies } from '#lib/realtime/refresh.ts';
import { requireRole } from '#lib/server/account.ts';
import { attempt } from '#lib/server/api.ts';
import { deleteNpc, duplicateNpc, listNpcs, restoreNpc } from '#lib/server/npcs.ts';
import type { NpcRow } from '#lib/npc-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  event.depends(dependencies.npcs);
  const account = await requireRole(event, 'dm');
  return { npcs: await listNpcs(event.locals.api, event.params.c, account.plan?.llm_tier ?? null) };
};

/** What an undo sends back: the row as it was read. Its fields are judged by the database, as for every write. */
const takenRow = z.object({
  name: z.string(),
  personality: z.string(),
  engine: z.string(),
  voice: z.unknown(),
  knowledge_scope: z.unknown(),
  secret_knowledge: z.unknown(),
  behavior_rules: z.unknown(),
  tools: z.unknown(),
  budget_tier: z.string(),
  gm_helper: z.boolean(),
  address_only: z.boolean(),
  attributes: z.unknown(),
});

export const actions: Actions = {
  delete: async (event) => {
    await requireRole(event, 'dm');
    const id = String((await event.request.formData()).get('id') ?? '');
    const done = await attempt(() => deleteNpc(event.locals.api, event.params.c, id));
    return done.ok ? { deleted: done.value } : fail(done.status, { problem: done.problem });
  },
  restore: async (event) => {
    await requireRole(event, 'dm');
    const text = String((await event.request.formData()).get('row') ?? '');
    const row = takenRow.safeParse(parseJson(text));
    if (!row.success) return fail(422, { problem: null });
    const done = await attempt(() => restoreNpc(event.locals.api, event.params.c, row.data as NpcRow));
    return done.ok ? { restored: row.data.name } : fail(done.status, { problem: done.problem });
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

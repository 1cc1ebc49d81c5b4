import { fail, redirect } from '@sveltejs/kit';
import { npcSchema } from '#domain/schemas/npc.ts';
import { formFromData } from '#lib/npc-form.ts';
import { requireRole } from '#lib/server/account.ts';
import { attempt } from '#lib/server/api.ts';
import { submit } from '#lib/server/form.ts';
import { endAppearance, letAppear, readAppearances } from '#lib/server/npc-appearances.ts';
import { createNpc, type EditedNpc, readNpc, updateNpc } from '#lib/server/npcs.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

// It does not follow the table's changes: a form must not change, or vanish, under somebody who writes. Saving finds out.
export const load: PageServerLoad = async (event) => {
  await requireRole(event, 'dm');
  const { api } = event.locals;
  const { c, n } = event.params;
  const [npc, appearances] = await Promise.all([readNpc(api, c, n), readAppearances(api, c, n)]);
  return { npc, appearances };
};

export const actions: Actions = {
  save: async (event) => {
    await requireRole(event, 'dm');
    const data = await event.request.formData();
    const values = formFromData(data);
    const basedOn = String(data.get('based_on') ?? '');
    const sent = await submit(npcSchema, values, values, (npc) =>
      updateNpc(event.locals.api, event.params.n, basedOn, npc),
    );
    if (!sent.failure) return { savedAt: sent.value };
    const theirs = sent.failure.data.problem?.code === 'conflict' ? await readTheirs(event) : null;
    return fail(sent.failure.status, { ...sent.failure.data, theirs });
  },
  /** For what was deleted elsewhere while it was open here. */
  create: async (event) => {
    await requireRole(event, 'dm');
    const values = formFromData(await event.request.formData());
    const sent = await submit(npcSchema, values, values, (npc) => createNpc(event.locals.api, event.params.c, npc));
    if (sent.failure) return fail(sent.failure.status, { ...sent.failure.data, theirs: null as EditedNpc | null });
    redirect(303, `/campaigns/${event.params.c}/npcs/${sent.value}`);
  },
  appear: async (event) => {
    await requireRole(event, 'dm');
    const campaign = String((await event.request.formData()).get('campaign') ?? '');
    const done = await attempt(() => letAppear(event.locals.api, event.params.n, campaign));
    return done.ok ? { appeared: true } : fail(done.status, { refused: done.problem });
  },
  /** From the NPC itself, or from an appearance, which then names its source and is gone. */
  vanish: async (event) => {
    await requireRole(event, 'dm');
    const data = await event.request.formData();
    const [campaign, source] = [String(data.get('campaign') ?? ''), String(data.get('npc') ?? event.params.n)];
    const done = await attempt(() => endAppearance(event.locals.api, source, campaign));
    if (!done.ok) return fail(done.status, { refused: done.problem });
    if (source !== event.params.n) redirect(303, `/campaigns/${event.params.c}/npcs`);
    return { vanished: true };
  },
};

function readTheirs({ locals, params }: RequestEvent): Promise<EditedNpc> {
  return readNpc(locals.api, params.c, params.n);
}

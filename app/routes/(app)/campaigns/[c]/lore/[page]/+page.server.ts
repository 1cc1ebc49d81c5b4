import { fail, redirect } from '@sveltejs/kit';
import { loreChangesSchema, loreSchema } from '#domain/schemas/lore.ts';
import { fromFormData } from '#lib/lore/form-data.ts';
import { parseMarkdown } from '#lib/markdown/parse.ts';
import { requireRole } from '#lib/server/account.ts';
import { submit } from '#lib/server/form.ts';
import { createLorePage, listMentionables, mentionedIn, readLorePage, updateLorePage } from '#lib/server/lore.ts';
import type { Actions, PageServerLoad } from './$types';

// The editor asks for it again by name when the list says that the page changed, and merges: a form must not change by itself.
export const load: PageServerLoad = async (event) => {
  event.depends('app:lore-page');
  await requireRole(event, 'dm');
  const { api } = event.locals;
  const { c, page: id } = event.params;
  const [page, mentionables, mentions] = await Promise.all([
    readLorePage(api, c, id),
    listMentionables(api, c),
    mentionedIn(api, c, id),
  ]);
  // For those without scripts; with them the browser reads what is being typed.
  const view = event.untrack(() => event.url.searchParams.get('view'));
  const read = view && !event.isDataRequest ? parseMarkdown(page.fields.content) : null;
  return { page, mentionables, mentions, read };
};

export const actions: Actions = {
  /** Saves the fields that are in it: the editor sends what changed, a form without scripts everything. */
  save: async (event) => {
    await requireRole(event, 'dm');
    const { api } = event.locals;
    const { c, page: id } = event.params;
    const data = await event.request.formData();
    const values = fromFormData(data);
    const basedOn = String(data.get('based_on') ?? '');
    const sent = await submit(loreChangesSchema(Object.keys(values)), values, values, (changes) =>
      updateLorePage(api, c, id, basedOn, changes),
    );
    if (!sent.failure) return { savedAt: sent.value };
    const theirs = sent.failure.data.problem?.code === 'conflict' ? await readLorePage(api, c, id) : null;
    return fail(sent.failure.status, { ...sent.failure.data, theirs });
  },
  /** For what was deleted elsewhere while it was open here. */
  create: async (event) => {
    await requireRole(event, 'dm');
    const values = fromFormData(await event.request.formData());
    const sent = await submit(loreSchema, values, values, (page) =>
      createLorePage(event.locals.api, event.params.c, page),
    );
    if (sent.failure) return fail(sent.failure.status, { ...sent.failure.data, theirs: null });
    redirect(303, `/campaigns/${event.params.c}/lore/${sent.value}`);
  },
};

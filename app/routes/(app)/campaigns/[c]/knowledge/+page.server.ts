import { error, fail } from '@sveltejs/kit';
import { z } from 'zod';
import { issue, requiredText } from '#domain/schemas/issue.ts';
import { entryKinds, type KnowledgeQuery, readQuery } from '#lib/knowledge/graph.ts';
import * as knowledge from '#lib/knowledge/server/knowledge.ts';
import { m } from '#lib/paraglide/messages.js';
import { dependencies } from '#lib/realtime/refresh.ts';
import { hasRole } from '#lib/role.ts';
import { requireRole } from '#lib/server/account.ts';
import { type Api, attempt, refuse } from '#lib/server/api.ts';
import { readCampaignNames } from '#lib/server/campaign-names.ts';
import { submit } from '#lib/server/form.ts';
import type { Actions, PageServerLoad } from './$types';

// For players, too: it stands outside of the campaign's layout, which is for those who lead.
export const load: PageServerLoad = async (event) => {
  event.depends(dependencies.campaigns, dependencies.sessions);
  const { locals, params, url } = event;
  const account = await locals.account();
  const leads = hasRole(account.user.role, 'dm');
  const asked = readQuery(url.searchParams);
  // Which session taught what is not for players: an address that asks for it shows them the rest.
  const query = leads ? asked : { ...asked, session: null };
  const [read, campaigns] = await Promise.all([
    attempt(() => readView(locals.api, params.c, query, leads)),
    readCampaignNames(locals.api),
  ]);
  const campaign = campaigns.find(({ id }) => id === params.c);
  if (!read.ok && read.problem.code === 'feature_locked' && campaign) {
    return { campaign, leads, query, locked: true as const };
  }
  if (!read.ok) error(read.status, read.problem.message, { code: read.problem.code });
  if (!campaign) refuse('not_found');
  return { campaign, leads, query, locked: false as const, ...read.value, now: Date.now() };
};

async function readView(api: Api, campaign: string, query: KnowledgeQuery, leads: boolean) {
  // Without an entry to look around from, it is the one with most links.
  const all = { search: '', kind: null, confirmed: false, session: null };
  const [first] =
    query.view === 'around' && query.entry === null ? (await knowledge.listEntries(api, campaign, all, 1)).entries : [];
  const asked = query.entry ?? first?.id ?? null;
  // One that is not there any more leaves the rest of the page standing.
  const found = asked === null ? null : await attempt(() => knowledge.readEntry(api, campaign, asked));
  if (found && !found.ok && found.problem.code !== 'not_found')
    error(found.status, found.problem.message, found.problem);
  const entry = found?.ok ? found.value : null;
  const around = query.view === 'around' ? (entry?.id ?? null) : null;
  const [list, npcs, teachers] = await Promise.all([
    knowledge.listEntries(api, campaign, { ...query, around, steps: query.steps }, query.show),
    knowledge.listEntries(api, campaign, { ...all, kind: 'npc' }, 50),
    leads ? knowledge.listTeachers(api, campaign) : [],
  ]);
  return {
    list,
    npcs: npcs.entries.map(({ id, name }) => ({ id, name })),
    teachers,
    entry,
    missing: found !== null && !found.ok,
    around,
  };
}

const correction = z.object({
  name: requiredText(200),
  type: z.enum(entryKinds, 'not_offered').nullable(),
  facts: z
    .array(z.object({ key: z.string().trim().max(120, 'too_long'), value: z.string().trim().max(4000, 'too_long') }))
    .max(60, 'too_many')
    .transform((facts) => facts.filter(({ key, value }) => key !== '' || value !== ''))
    .superRefine((facts, context) => {
      const names = facts.map(({ key }) => key);
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      if (twice !== undefined) context.addIssue(issue({ key: 'twice', entry: twice.slice(0, 40) }));
    }),
});
const link = z.object({ source: z.string().min(1), target: z.string().min(1), rel_type: z.string().min(1) });

export const actions: Actions = {
  correct: async (event) => {
    await requireRole(event, 'dm');
    const data = await event.request.formData();
    const entity = String(data.get('entity') ?? '');
    const values = data.getAll('fact_value').map(String);
    const type = String(data.get('type') ?? '');
    const input = {
      name: String(data.get('name') ?? ''),
      type: type === String(data.get('type_before') ?? '') ? null : type,
      facts: data.getAll('fact_key').map((key, index) => ({ key: String(key), value: values[index] ?? '' })),
    };
    // What was written stays in the form: without a name it could not be kept.
    if (input.facts.some(({ key, value }) => key.trim() === '' && value.trim() !== ''))
      return fail(422, { values: input, errors: { facts: m.knowledge_fact_nameless() }, problem: null });
    const sent = await submit(correction, input, input, (value) =>
      knowledge.correctEntry(event.locals.api, event.params.c, entity, value),
    );
    return sent.failure ?? { corrected: true };
  },
  confirm: async (event) => {
    await requireRole(event, 'dm');
    const data = Object.fromEntries(await event.request.formData());
    const input = link.safeParse(data);
    if (!input.success) return fail(422, { problem: null });
    const confirmed = data['confirmed'] !== 'false';
    const done = await attempt(() => knowledge.confirmLink(event.locals.api, event.params.c, input.data, confirmed));
    return done.ok ? { confirmed } : fail(done.status, { problem: done.problem });
  },
  remove: async (event) => {
    await requireRole(event, 'dm');
    const data = Object.fromEntries(await event.request.formData());
    const input = z.union([link, z.object({ entity: z.string().min(1) })]).safeParse(data);
    if (!input.success) return fail(422, { problem: null });
    const done = await attempt(() => knowledge.removeKnowledge(event.locals.api, event.params.c, input.data));
    return done.ok ? { removed: done.value } : fail(done.status, { problem: done.problem });
  },
  restore: async (event) => {
    await requireRole(event, 'dm');
    const removal = String((await event.request.formData()).get('removal') ?? '');
    const done = await attempt(() => knowledge.restoreKnowledge(event.locals.api, event.params.c, removal));
    return done.ok ? { restored: true } : fail(done.status, { problem: done.problem });
  },
};

import { fail } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import { z } from 'zod';
import { requiredText } from '#domain/schemas/issue.ts';
import { readPeopleSearch } from '#lib/operations/people.ts';
import { requireOperator } from '#lib/operations/server/operator.ts';
import { readPeople } from '#lib/operations/server/reads.ts';
import type { PersonRow } from '#lib/operations/types.ts';
import { m } from '#lib/paraglide/messages.js';
import { problemOf, unwrapJson } from '#lib/server/api.ts';
import { submit } from '#lib/server/form.ts';
import type { Actions, PageServerLoad } from './$types';

const id = z.guid();

export const load: PageServerLoad = async (event) => {
  const { searchParams } = event.url;
  const member = id.safeParse(searchParams.get('member')).data ?? null;
  const search = readPeopleSearch(searchParams);
  const after = searchParams.get('after');
  const page = await readPeople(event, member ? { query: member, role: null } : search, after);
  return {
    search,
    page,
    /** Whose role is to be changed. */
    asked: (member && page.rows.find((person) => person.id === member && !person.deleted_at)) || null,
    continued: after !== null,
    now: Date.now(),
  };
};

const change = z.object({
  member: id,
  role: z.enum(['viewer', 'dm', 'tenant_owner', 'super_admin']),
  reason: requiredText(300),
  confirm: z.string(),
});

/** What is typed to say that this very person is meant. */
const typedFor = (person: PersonRow) => person.email ?? person.display_name;

async function findPerson(event: RequestEvent, member: string): Promise<PersonRow | null> {
  if (!id.safeParse(member).success) return null;
  const { rows } = await readPeople(event, { query: member, role: null }, null, 1);
  return rows.find((person) => person.id === member) ?? null;
}

export const actions: Actions = {
  role: async (event) => {
    await requireOperator(event);
    const data = await event.request.formData();
    const values = Object.fromEntries(
      ['member', 'role', 'reason', 'confirm'].map((name) => [name, String(data.get(name) ?? '')]),
    );
    const { member = '', confirm = '' } = values;
    const person = await findPerson(event, member);
    if (!person) return fail(404, { values, errors: {}, problem: problemOf('not_found') });
    if (confirm.trim().toLowerCase() !== typedFor(person).toLowerCase())
      return fail(422, { values, errors: { confirm: m.ops_confirm_wrong() }, problem: null });
    const sent = await submit(change, values, values, async ({ member, role, reason }) =>
      unwrapJson<{ display_name: string }>(await event.locals.api.rpc('admin_set_role', { member, role, reason })),
    );
    return sent.failure ?? { changed: { name: sent.value.display_name, role: values['role'] ?? '' } };
  },
};

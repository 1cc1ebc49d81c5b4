import { fail, redirect } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import { z } from 'zod';
import { optionalText } from '#domain/schemas/issue.ts';
import { m } from '#lib/paraglide/messages.js';
import { dependencies } from '#lib/realtime/refresh.ts';
import { hasRole, requireRole } from '#lib/server/account.ts';
import { attempt, problemOf, unwrapJson, type Problem } from '#lib/server/api.ts';
import { submit } from '#lib/server/form.ts';
import { inviteLink } from '#lib/server/invite-link.ts';
import { readNames, readTeam } from '#lib/server/team.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  event.depends(dependencies.account);
  const account = await requireRole(event, 'dm');
  const { searchParams } = event.url;
  const owns = hasRole(account.user.role, 'tenant_owner');
  return {
    ...(await (owns ? readTeam : readNames)(event.locals.api)),
    /** Others read who is here and change nothing. */
    owns,
    you: account.user.id,
    seats: account.plan?.max_seats ?? null,
    // Without scripts there is no dialog: the question stands in the page instead.
    asks: {
      remove: searchParams.get('remove'),
      handOver: searchParams.get('handOver'),
      revoke: searchParams.get('revoke'),
    },
  };
};

const invitation = z.object({
  role: z.enum(['viewer', 'dm']),
  who: optionalText(254),
  valid_days: z.coerce.number().refine((days) => [1, 7, 30].includes(days), 'not_offered'),
  note: optionalText(200),
});

/** Whom an invitation is for, from one field: an address, a Discord id, or nobody in particular. */
function addressee(who: string): { email?: string; discord_id?: string } | null {
  if (who === '') return {};
  if (z.email().safeParse(who).success) return { email: who };
  return /^\d{17,20}$/.test(who) ? { discord_id: who } : null;
}

const aboutMember = z.object({ member: z.guid() });
const aboutRole = z.object({ member: z.guid(), role: z.enum(['viewer', 'dm', 'tenant_owner']) });
const aboutInvite = z.object({ invite: z.guid() });

/** Runs what a row's form asks for; a refusal is said above the list. */
async function change<T>(event: RequestEvent, schema: z.ZodType<T>, run: (value: T) => Promise<void>) {
  const parsed = schema.safeParse(Object.fromEntries(await event.request.formData()));
  if (!parsed.success) {
    const isRole = parsed.error.issues.some(({ path }) => path[0] === 'role');
    return isRole ? fail(422, { problem: problemOf('validation') }) : fail(404, { problem: problemOf('not_found') });
  }
  const done = await attempt(() => run(parsed.data));
  return done.ok ? { changed: true } : fail(done.status, { problem: done.problem });
}

export const actions: Actions = {
  invite: async (event) => {
    const data = await event.request.formData();
    const values = Object.fromEntries(
      ['role', 'who', 'valid_days', 'note'].map((name) => [name, String(data.get(name) ?? '')]),
    );
    const whom = addressee(values['who']?.trim() ?? '');
    if (!whom) return fail(422, { values, errors: { who: m.team_who_wrong() }, problem: null as Problem | null });
    const sent = await submit(invitation, values, values, async ({ role, valid_days, note }) =>
      unwrapJson<{ token: string }>(
        await event.locals.api.rpc('create_invite', { role, valid_days, ...(note && { note }), ...whom }),
      ),
    );
    return sent.failure ?? { link: inviteLink(event, sent.value.token) };
  },
  role: (event) =>
    change(event, aboutRole, async (value) => {
      // Asked first: in a dialog, and without scripts on the page.
      if (value.role === 'tenant_owner') redirect(303, `/team?handOver=${value.member}`);
      unwrapJson(await event.locals.api.rpc('set_member_role', value));
    }),
  handOver: (event) =>
    change(
      event,
      aboutMember,
      async (value) => void unwrapJson(await event.locals.api.rpc('transfer_ownership', value)),
    ),
  remove: (event) =>
    change(event, aboutMember, async (value) => void unwrapJson(await event.locals.api.rpc('remove_member', value))),
  revoke: (event) =>
    change(event, aboutInvite, async (value) => void unwrapJson(await event.locals.api.rpc('revoke_invite', value))),
};

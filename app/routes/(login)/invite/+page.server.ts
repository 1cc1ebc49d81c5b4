import { fail, redirect } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import { attempt, expectDone, unwrapJson } from '#lib/server/api.ts';
import { dropInvite, heldInvite, invitePath } from '#lib/server/invite-link.ts';
import type { Role } from '#lib/role.ts';
import type { Actions, PageServerLoad } from './$types';

/** `mgmt.invite_preview()`; of other_person there is the state alone. */
interface Preview {
  state: 'open' | 'expired' | 'used' | 'revoked' | 'other_person' | 'member' | 'other_table' | 'seats_full';
  role?: Role;
  table?: string;
  inviter?: string | null;
  note?: string | null;
  member?: boolean;
  own_table?: { name: string; untouched: boolean; role: Role } | null;
}

const login = `/login?${new URLSearchParams({ next: invitePath })}`;

export const load: PageServerLoad = async (event) => {
  const { api, session } = event.locals;
  const token = heldInvite(event);
  if (!token) return { state: 'unknown' as const };
  if (!session) return { state: 'signed_out' as const, login };
  const answer = await api.rpc('invite_preview', { token });
  if (answer.error?.details === 'not_found') return { state: 'unknown' as const };
  if (answer.error?.details === 'signed_out' || answer.status === 401) {
    await api.auth.signOut({ scope: 'local' });
    return { state: 'signed_out' as const, login };
  }
  const { data } = await api.auth.getUser();
  return { ...unwrapJson<Preview>(answer), signedInAs: data.user?.email ?? null };
};

/** Runs a write; a refusal is said on the page. */
async function write(event: RequestEvent, run: () => Promise<void>) {
  if (!event.locals.session) redirect(303, login);
  const done = await attempt(run);
  return done.ok ? null : fail(done.status, { problem: done.problem });
}

export const actions: Actions = {
  join: async (event) => {
    const token = heldInvite(event);
    if (!token) redirect(303, invitePath);
    const refused = await write(event, async () => {
      unwrapJson(await event.locals.api.rpc('accept_invite', { token }));
    });
    if (refused) return refused;
    dropInvite(event);
    redirect(303, '/dashboard');
  },
  /** Leaves the other table, which the link's holder confirmed; joining is the next step. */
  leave: async (event) => {
    const refused = await write(event, async () => expectDone(await event.locals.api.rpc('leave_tenant')));
    return refused ?? redirect(303, invitePath);
  },
  another: async ({ locals }) => {
    await locals.api.auth.signOut({ scope: 'local' });
    redirect(303, login);
  },
  decline: (event) => {
    dropInvite(event);
    redirect(303, '/');
  },
};

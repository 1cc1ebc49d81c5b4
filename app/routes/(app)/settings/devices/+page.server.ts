import { fail } from '@sveltejs/kit';
import { z } from 'zod';
import { attempt, problemOf, unwrap, unwrapJson } from '#lib/server/api.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => ({
  devices: unwrap(await locals.api.rpc('list_my_sessions')),
  // Without scripts there is no dialog: the question stands in the page instead.
  asks: url.searchParams.get('ask') === 'others',
});

const one = z.object({ session: z.guid() });

export const actions: Actions = {
  end: async ({ locals, request }) => {
    const parsed = one.safeParse(Object.fromEntries(await request.formData()));
    if (!parsed.success) return fail(422, { problem: problemOf('validation') });
    const done = await attempt(async () => unwrapJson<number>(await locals.api.rpc('revoke_session', parsed.data)));
    // Signed out there meanwhile: what was asked for holds.
    if (!done.ok && done.problem.code !== 'not_found') return fail(done.status, { problem: done.problem });
    return { ended: 1 };
  },
  others: async ({ locals }) => {
    const done = await attempt(async () => unwrapJson<number>(await locals.api.rpc('revoke_session')));
    return done.ok ? { ended: done.value } : fail(done.status, { problem: done.problem });
  },
};

import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { hasRole } from '#lib/role.ts';
import { unwrapJson } from '#lib/server/api.ts';
import { deleteAccount } from '#lib/server/delete-account.ts';
import { submit } from '#lib/server/form.ts';
import type { Actions, PageServerLoad } from './$types';

/** The files of the table are the Owner's to take along. */
export const load: PageServerLoad = async ({ locals, url }) => {
  const { user } = await locals.account();
  // Without scripts there is no dialog: the question stands in the page instead.
  const asks = url.searchParams.get('ask') === 'leave';
  if (!hasRole(user.role, 'tenant_owner')) return { asks, files: null };
  return { asks, files: unwrapJson<{ files: number; bytes: number }>(await locals.api.rpc('file_totals')) };
};

export const actions: Actions = {
  leave: async ({ locals }) => {
    const sent = await submit(z.object({}), {}, {}, async () => unwrapJson(await locals.api.rpc('leave_tenant')));
    if (sent.failure) return sent.failure;
    redirect(303, '/welcome');
  },
  delete: deleteAccount,
};

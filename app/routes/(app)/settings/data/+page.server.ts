import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { hasRole } from '#lib/role.ts';
import { unwrapJson } from '#lib/server/api.ts';
import { submit } from '#lib/server/form.ts';
import type { Actions, PageServerLoad } from './$types';

/** The files of the table are the Owner's to take along. */
export const load: PageServerLoad = async ({ locals }) => {
  const { user } = await locals.account();
  if (!hasRole(user.role, 'tenant_owner')) return { files: null };
  return { files: unwrapJson<{ files: number; bytes: number }>(await locals.api.rpc('file_totals')) };
};

const confirmation = z.object({ confirm: z.string() });

export const actions: Actions = {
  leave: async ({ locals }) => {
    const sent = await submit(z.object({}), {}, {}, async () => unwrapJson(await locals.api.rpc('leave_tenant')));
    if (sent.failure) return sent.failure;
    redirect(303, '/welcome');
  },
  delete: async ({ locals, request }) => {
    const input = { confirm: String((await request.formData()).get('confirm') ?? '') };
    const sent = await submit(confirmation, input, input, async (value) =>
      unwrapJson(await locals.api.rpc('delete_account', value)),
    );
    if (sent.failure) return sent.failure;
    // The account is gone, and its sessions with it: only the cookies are left.
    await locals.api.auth.signOut({ scope: 'local' });
    redirect(303, '/login');
  },
};

import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { requiredText } from '#domain/schemas/issue.ts';
import { requireRole } from '#lib/server/account.ts';
import { unwrap, unwrapJson } from '#lib/server/api.ts';
import { submit } from '#lib/server/form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  await requireRole(event, 'tenant_owner');
  const { api } = event.locals;
  const count = { count: 'exact', head: true } as const;
  const [tenant, campaigns, sessions, members] = await Promise.all([
    api.from('tenants').select('contact_email').single(),
    api.from('campaigns').select('id', count).is('deleted_at', null),
    api.from('sessions').select('id', count),
    api.from('users').select('id', count).is('deleted_at', null),
  ]);
  return {
    contact: unwrap(tenant).contact_email ?? '',
    goes: { campaigns: campaigns.count ?? 0, sessions: sessions.count ?? 0, members: members.count ?? 0 },
  };
};

const settings = z.object({ name: requiredText(80), contact_email: requiredText(254) });
const confirmation = z.object({ confirm_name: z.string() });

export const actions: Actions = {
  save: async ({ locals, request }) => {
    const data = await request.formData();
    const input = { name: String(data.get('name') ?? ''), contact_email: String(data.get('contact_email') ?? '') };
    const sent = await submit(settings, input, input, async (value) =>
      unwrapJson(await locals.api.rpc('update_tenant_settings', value)),
    );
    return sent.failure ?? { saved: true };
  },
  delete: async ({ locals, request }) => {
    const input = { confirm_name: String((await request.formData()).get('confirm_name') ?? '') };
    const sent = await submit(confirmation, input, input, async (value) =>
      unwrapJson(await locals.api.rpc('delete_tenant', value)),
    );
    if (sent.failure) return sent.failure;
    redirect(303, '/welcome');
  },
};

import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { requiredText } from '#domain/schemas/issue.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { requireRole } from '#lib/server/account.ts';
import { attempt, expectDone, type Problem, unwrap, unwrapJson } from '#lib/server/api.ts';
import { parse, submit } from '#lib/server/form.ts';
import { installLicense, readLicense } from '#lib/server/license.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const { mode } = await requireRole(event, 'tenant_owner');
  const { api } = event.locals;
  const count = { count: 'exact', head: true } as const;
  const [tenant, campaigns, sessions, members, license] = await Promise.all([
    api.from('tenants').select('contact_email').single(),
    api.from('campaigns').select('id', count).is('deleted_at', null),
    api.from('sessions').select('id', count),
    api.from('users').select('id', count).is('deleted_at', null),
    mode === 'managed' ? null : readLicense(api),
  ]);
  return {
    license,
    contact: unwrap(tenant).contact_email ?? '',
    goes: { campaigns: counted(campaigns), sessions: counted(sessions), members: counted(members) },
  };
};

/** Rather no page than a nought that is none. */
function counted(answer: Parameters<typeof expectDone>[0] & { count: number | null }): number {
  expectDone(answer);
  return answer.count ?? 0;
}

const settings = z.object({ name: requiredText(80), contact_email: requiredText(254) });
const license = z.object({ key: requiredText(4000) });
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
  license: async (event) => {
    const input = { key: String((await event.request.formData()).get('key') ?? '') };
    const parsed = parse(license, input);
    if (!parsed.ok) return fail(422, { values: input, errors: parsed.errors, problem: null as Problem | null });
    const done = await attempt(() => installLicense(event, parsed.value.key));
    if (done.ok) return { licensed: true };
    const { problem, status } = done;
    const refused = { values: input, errors: {} as Record<string, string> };
    if (problem.code !== 'validation') return fail(status, { ...refused, problem });
    // What is wrong with a key is said in English only; in other languages, what can be wrong with one.
    const said = getLocale() === 'en' ? problem.message.replace(/^key: /, '') : m.license_key_refused();
    return fail(status, { ...refused, errors: { key: said }, problem: null as Problem | null });
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

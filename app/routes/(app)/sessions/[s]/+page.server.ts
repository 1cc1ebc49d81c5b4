import { fail } from '@sveltejs/kit';
import { z } from 'zod';
import { dependencies } from '#lib/realtime/refresh.ts';
import { attempt, expectDone } from '#lib/server/api.ts';
import { requireRole } from '#lib/server/account.ts';
import { hasRole } from '#lib/role.ts';
import { loadDetail } from '#lib/live/server/detail.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  // Who plays whom is said here, too, and by others meanwhile.
  event.depends(dependencies.characters);
  const { locals, params, url } = event;
  const account = await locals.account();
  const detail = await loadDetail(locals.api, account, params.s, url.searchParams);
  return { ...detail, leads: hasRole(account.user.role, 'dm') };
};

export const actions: Actions = {
  rename: async (event) => {
    await requireRole(event, 'dm');
    const title = z
      .string()
      .trim()
      .max(120)
      .safeParse((await event.request.formData()).get('title'));
    if (!title.success)
      return fail(422, { problem: { code: 'validation' as const, message: 'validation', said: false } });
    const result = await attempt(async () =>
      expectDone(
        await event.locals.api
          .from('session_details')
          .upsert({ session_id: event.params.s, title: title.data }, { onConflict: 'session_id' }),
      ),
    );
    return result.ok ? { renamed: true } : fail(result.status, { problem: result.problem });
  },
};

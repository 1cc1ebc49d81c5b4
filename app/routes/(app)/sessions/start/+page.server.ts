import { fail, redirect } from '@sveltejs/kit';
import { dependencies } from '#lib/realtime/refresh.ts';
import { requireRole } from '#lib/server/account.ts';
import { attempt } from '#lib/server/api.ts';
import { loadStart, readChoice, readProgress, start } from '#lib/live/server/start.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const { url, depends } = event;
  depends(dependencies.sessions);
  const account = await requireRole(event, 'dm');
  const request = url.searchParams.get('request');
  const progress = request ? await readProgress(event.locals.api, request) : null;
  if (progress?.session) redirect(303, `/sessions/${progress.session.id}/live`);
  return { start: await loadStart(event, account, readChoice(url.searchParams)), request, progress };
};

export const actions: Actions = {
  default: async (event) => {
    await requireRole(event, 'dm');
    const form = await event.request.formData();
    const result = await attempt(() => start(event, form));
    if (!result.ok) {
      const values = Object.fromEntries(
        [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      );
      return fail(result.status, { problem: result.problem, values });
    }
    const { request, session } = result.value;
    redirect(303, session ? `/sessions/${session}/live` : `/sessions/start?${new URLSearchParams({ request })}`);
  },
};

import { fail, redirect } from '@sveltejs/kit';
import { isFiltered, readCursor, readFilters, writeCursor } from '#lib/notices/notices.ts';
import { markRead, readChoices, readNotices } from '#lib/notices/server/notices.ts';
import { dependencies } from '#lib/realtime/refresh.ts';
import { attempt } from '#lib/server/api.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends(dependencies.notifications);
  const filters = readFilters(url.searchParams);
  const cursor = readCursor(url.searchParams.get('after'));
  const [{ notices, more }, choices] = await Promise.all([
    readNotices(locals.api, filters, cursor),
    readChoices(locals.api),
  ]);
  const last = notices.at(-1);
  return {
    notices,
    kinds: choices.kinds.map(({ kind }) => kind),
    next: more && last ? writeCursor(last) : null,
    continued: cursor !== null,
    filters,
    filtered: isFiltered(filters),
    now: Date.now(),
  };
};

export const actions: Actions = {
  read: async ({ locals, url }) => {
    const done = await attempt(() => markRead(locals.api));
    if (!done.ok) return fail(done.status, { problem: done.problem });
    const kept = new URLSearchParams(url.search);
    kept.delete('/read');
    redirect(303, kept.size > 0 ? `/notifications?${kept}` : '/notifications');
  },
};

import { dependencies } from '#lib/realtime/refresh.ts';
import { hasRole } from '#lib/role.ts';
import { readEnded, readFilterOptions, readRunning } from '#lib/live/server/sessions.ts';
import { isFiltered, readCursor, readFilters, writeCursor } from '#lib/live/sessions.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends(dependencies.sessions);
  const filters = readFilters(url.searchParams);
  const cursor = readCursor(url.searchParams.get('after'));
  const [account, running, ended, options] = await Promise.all([
    locals.account(),
    cursor ? [] : readRunning(locals.api, filters),
    readEnded(locals.api, filters, cursor),
    readFilterOptions(locals.api),
  ]);
  const last = ended.items.at(-1);
  return {
    running,
    ended: ended.items,
    next: ended.more && last ? writeCursor(last.row) : null,
    continued: cursor !== null,
    filters,
    filtered: isFiltered(filters),
    options,
    leads: hasRole(account.user.role, 'dm'),
    now: Date.now(),
  };
};

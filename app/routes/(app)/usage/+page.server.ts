import { dependencies } from '#lib/realtime/refresh.ts';
import { requireRole } from '#lib/server/account.ts';
import { unwrapJson } from '#lib/server/api.ts';
import { firstDay, monthChoices } from '#lib/usage/month.ts';
import type { Summary } from '#lib/usage/summary.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  event.depends(dependencies.account, dependencies.sessions, dependencies.campaigns, dependencies.npcs);
  await requireRole(event, 'viewer');
  const { searchParams } = event.url;
  const first = firstDay(searchParams.get('month'));
  const chosen = first && first.slice(0, 7);
  const summary = unwrapJson<Summary>(await event.locals.api.rpc('usage_summary', first ? { period: first } : {}));
  return {
    summary,
    chosen,
    months: monthChoices(new Date(), chosen),
    by: searchParams.get('by') === 'week' ? ('week' as const) : ('day' as const),
  };
};

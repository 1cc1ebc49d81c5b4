import { unwrapJson } from '#lib/server/api.ts';
import { firstDay } from '#lib/usage/month.ts';
import type { RequestHandler } from './$types';

/** `mgmt.usage_export()` as a file: the sessions of the page it is asked from. */
export const GET: RequestHandler = async ({ locals, url }) => {
  const first = firstDay(url.searchParams.get('month'));
  const csv = unwrapJson<string>(await locals.api.rpc('usage_export', first ? { period: first } : {}));
  const name = first ? first.slice(0, 7) : new Date().toISOString().slice(0, 10);
  return new Response(csv, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="glyphoxa-usage-${name}.csv"`,
      'cache-control': 'no-store',
    },
  });
};

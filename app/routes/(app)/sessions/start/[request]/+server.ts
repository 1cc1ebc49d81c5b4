import { json } from '@sveltejs/kit';
import { requireRole } from '#lib/server/account.ts';
import { readProgress } from '#lib/live/server/start.ts';
import type { RequestHandler } from './$types';

/** How far a start is. */
export const GET: RequestHandler = async (event) => {
  await requireRole(event, 'dm');
  return json(await readProgress(event.locals.api, event.params.request), { headers: { 'cache-control': 'no-store' } });
};

import { json } from '@sveltejs/kit';
import { readNewest } from '#lib/notices/server/notices.ts';
import { refuse } from '#lib/server/api.ts';
import type { RequestHandler } from './$types';

/** What the panel at the bell shows, asked for when somebody reaches for it. */
export const GET: RequestHandler = async ({ locals }) => {
  if (!locals.session) refuse('signed_out');
  return json({ notices: await readNewest(locals.api) }, { headers: { 'cache-control': 'no-store' } });
};

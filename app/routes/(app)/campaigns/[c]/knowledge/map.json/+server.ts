import { json } from '@sveltejs/kit';
import { readQuery } from '#lib/knowledge/graph.ts';
import { readDrawing } from '#lib/knowledge/server/knowledge.ts';
import type { RequestHandler } from './$types';

/** What the drawing shows, asked for when it is seen: names, kinds and links, no facts. */
export const GET: RequestHandler = async ({ locals, params, url, setHeaders }) => {
  setHeaders({ 'cache-control': 'private, no-store' });
  const query = readQuery(url.searchParams);
  const around = query.view === 'around' ? query.entry : null;
  return json(await readDrawing(locals.api, params.c, { ...query, around }));
};

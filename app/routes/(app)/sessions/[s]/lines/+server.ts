import { json } from '@sveltejs/kit';
import { refuse } from '#lib/server/api.ts';
import type { LinesAnswer } from '#lib/live/lines-answer.ts';
import { mostLines, readLineRows } from '#lib/live/server/lines.ts';
import { countLines, readSession } from '#lib/live/server/sessions.ts';
import type { RequestHandler } from './$types.js';

function readId(value: string | null): number | null {
  if (value === null) return null;
  const id = Number(value);
  return Number.isSafeInteger(id) && id >= 0 ? id : refuse('validation');
}

/** Lines after or before an id with the session's row: what a page reads to fill a gap. */
export const GET: RequestHandler = async ({ locals, params, url }) => {
  const after = readId(url.searchParams.get('after'));
  const before = readId(url.searchParams.get('before'));
  const limit = Math.min(readId(url.searchParams.get('limit')) ?? mostLines, mostLines);
  // The row first: a line written between the two reads is then no older than the row says.
  const session = await readSession(locals.api, params.s);
  const range = before === null ? { after: after ?? 0 } : { before };
  const lines = await readLineRows(locals.api, params.s, range, limit);
  const total = session.state === 'ended' ? await countLines(locals.api, params.s) : null;
  return json({ now: Date.now(), session, lines, total } satisfies LinesAnswer, {
    headers: { 'cache-control': 'no-store' },
  });
};

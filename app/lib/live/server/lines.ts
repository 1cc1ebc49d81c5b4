import { type Api, unwrap } from '#lib/server/api.ts';
import type { Line, LineRow } from '../line.ts';
import { parseLines } from '../line.ts';

/** The most that one call of `session_transcript` gives. */
export const mostLines = 500;

/** Which lines: after an id (0: from the first), or the last ones before an id (`end`: before none). */
export type LineRange = { after: number } | { before: number | 'end' };

/** Rows of the transcript, ascending by id. 404 `not_found` for a session of another table. */
export async function readLineRows(api: Api, session: string, range: LineRange, limit: number): Promise<LineRow[]> {
  const before = 'before' in range ? (range.before === 'end' ? Number.MAX_SAFE_INTEGER : range.before) : null;
  return unwrap(
    await api.rpc('session_transcript', {
      session,
      limit: Math.min(limit, mostLines),
      ...(before === null ? { after: 'after' in range ? range.after : 0 } : { before }),
    }),
  );
}

/** As `readLineRows`, parsed. */
export async function readLines(api: Api, session: string, range: LineRange, limit: number): Promise<Line[]> {
  return parseLines(await readLineRows(api, session, range, limit));
}

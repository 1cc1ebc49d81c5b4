import type { LineRow } from './line.ts';
import type { SessionRow } from './session-state.ts';

/** What `GET /sessions/[s]/lines` answers. */
export interface LinesAnswer {
  /** Server time in milliseconds. */
  now: number;
  session: SessionRow;
  /** Ascending by id. */
  lines: LineRow[];
  /** How many lines the session has, counted at its end; null before. */
  total: number | null;
}

export type ReadFailure = 'unreachable' | 'signed_out' | 'not_found';

export class ReadError extends Error {
  readonly reason: ReadFailure;

  constructor(reason: ReadFailure) {
    super(reason);
    this.reason = reason;
  }
}

const readTimeoutMs = 15_000;

/** @throws ReadError */
export async function fetchLines(
  session: string,
  range: { after: number } | { before: number },
  limit: number,
): Promise<LinesAnswer> {
  const query = new URLSearchParams({ limit: String(limit) });
  if ('after' in range) query.set('after', String(range.after));
  else query.set('before', String(range.before));
  let response: Response;
  try {
    response = await fetch(`/sessions/${encodeURIComponent(session)}/lines?${query}`, {
      headers: { accept: 'application/json' },
      cache: 'no-store',
      signal: AbortSignal.timeout(readTimeoutMs),
    });
  } catch {
    throw new ReadError('unreachable');
  }
  if (response.status === 401 || response.redirected) throw new ReadError('signed_out');
  if (response.status === 404 || response.status === 403) throw new ReadError('not_found');
  if (!response.ok) throw new ReadError('unreachable');
  try {
    return (await response.json()) as LinesAnswer;
  } catch {
    throw new ReadError('unreachable');
  }
}

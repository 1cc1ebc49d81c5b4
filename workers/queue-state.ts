import type pg from 'pg';

/** The answer of private.queue_state(). */
export interface QueueState {
  outbox: { rows: number; due: number; unknown: number; lag_seconds: number };
  queues: Record<string, { ready: number; delayed: number; lag_seconds: number }>;
  dead_letters: number;
}

export async function readQueueState(pool: pg.Pool, jobs: string[]): Promise<QueueState> {
  const { rows } = await pool.query<{ state: QueueState }>('select private.queue_state($1) as state', [jobs]);
  return rows[0]!.state;
}

/** Seconds for which the work that waits longest has been due. */
export function longestLag({ outbox, queues }: QueueState): number {
  return Math.max(outbox.lag_seconds, ...Object.values(queues).map(({ lag_seconds }) => lag_seconds));
}

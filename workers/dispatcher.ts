import type pg from 'pg';
import type { PgBoss } from 'pg-boss';
import { bossDatabase, inTransaction } from './database.ts';

interface OutboxRow {
  job: string;
  job_id: string;
  payload: object;
}

/** As many rows as one transaction hands over. */
const batch = 200;

/** Hands rows of the outbox that are due to pg-boss: deleted there and sent here in one transaction. Returns how many. */
export async function dispatchOutbox(pool: pg.Pool, boss: PgBoss, names: string[]): Promise<number> {
  for (let handed = 0; ;) {
    const taken = await inTransaction(pool, async (client) => {
      const { rows } = await client.query<OutboxRow>('select * from private.take_outbox($1, $2)', [names, batch]);
      const db = bossDatabase(client);
      for (const [job, group] of Map.groupBy(rows, (row) => row.job)) {
        await boss.insert(
          job,
          group.map((row) => ({ id: row.job_id, data: row.payload })),
          { db },
        );
      }
      return rows.length;
    });
    handed += taken;
    if (taken < batch) return handed;
  }
}

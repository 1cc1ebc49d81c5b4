import type { FileStore } from '../file-store.ts';
import type { OwnStripe } from '../own-stripe.ts';
import type { Scratch } from '../scratch.ts';

/** What a worker works on and reaches. */
export interface World {
  scratch: Scratch;
  stripe: OwnStripe;
  files: FileStore;
}

export interface Planted {
  payload: object;
  /** What is to be seen of the job in the end, here and at those whom it called. */
  seen: () => Promise<unknown>;
  /** What only calls of this job contain. */
  marks?: string[];
}

/** What a job is asked to do. */
export interface Scenario {
  job: string;
  plant(world: World): Promise<Planted>;
}

/** What the table was told, of this subject only if it is given. */
export function notices({ scratch }: World, tenant: string, subject: string | null = null): Promise<unknown> {
  return scratch.root(
    `select kind, count(*)::int from mgmt.notifications
     where tenant_id = $1 and ($2::text is null or subject_id = $2) group by kind order by kind`,
    [tenant, subject],
  );
}

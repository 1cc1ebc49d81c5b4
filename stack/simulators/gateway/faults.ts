/** What the next start does instead of working. `slow:<ms>` works late. */
export type NextStart = 'refuse' | 'hang' | 'drop' | 'answer_lost' | `slow:${number}`;

/** What is not given stays as it is; null takes a fault away. */
export interface FaultsChange {
  /** Only for this tenant and its sessions. */
  tenant_id?: string;
  next_start?: NextStart | null;
  stop?: 'refuse' | 'hang' | null;
  /** Methods that this gateway does not have, such as `MuteNPC`; `SessionWorkerService` stands for all of its methods. */
  unimplemented?: string[];
  /** Answers that are no messages of the contract. */
  bad_proto?: boolean;
}

interface FaultSet {
  nextStart?: NextStart | null;
  stop?: 'refuse' | 'hang' | null;
  unimplemented?: readonly string[];
  badProto?: boolean;
}

const everybody = '*';

/** The faults that are on. A tenant's own win over those for everybody. */
export class Faults {
  readonly #sets = new Map<string, FaultSet>();

  change({ tenant_id, next_start, stop, unimplemented, bad_proto }: FaultsChange): void {
    const set = { ...this.#sets.get(tenant_id ?? everybody) };
    if (next_start !== undefined) set.nextStart = next_start;
    if (stop !== undefined) set.stop = stop;
    if (unimplemented !== undefined) set.unimplemented = unimplemented;
    if (bad_proto !== undefined) set.badProto = bad_proto;
    this.#sets.set(tenant_id ?? everybody, set);
  }

  clear(tenantId?: string): void {
    if (tenantId === undefined) this.#sets.clear();
    else this.#sets.delete(tenantId);
  }

  /** Nothing is on: no one needs to find out whose call it is. */
  get none(): boolean {
    return this.#sets.size === 0;
  }

  of(tenantId: string | undefined): FaultSet {
    return { ...this.#sets.get(everybody), ...(tenantId === undefined ? {} : this.#sets.get(tenantId)) };
  }

  /** The fault of this start, which is then used up. `forEverybody` tells whether it was meant for this tenant alone. */
  takeNextStart(tenantId: string): { fault: NextStart; forEverybody: boolean } | undefined {
    for (const key of [tenantId, everybody]) {
      const set = this.#sets.get(key);
      if (!set?.nextStart) continue;
      const fault = set.nextStart;
      set.nextStart = null;
      return { fault, forEverybody: key === everybody };
    }
    return undefined;
  }
}

import { z } from 'zod';

const ms = z.number().int().min(0).max(3_600_000);

/** How fast a tenant's sessions are played. `null` brings back what the next wider setting says. */
export const paceSchema = z.strictObject({
  /** Scripted lines per second; 0: none. By default as fast as people speak. */
  lines_per_second: z.number().min(0).max(1000).nullish(),
  /** From a puppet's command to its line. */
  speak_ms: ms.nullish(),
  /** Joining the voice channel. */
  join_ms: ms.nullish(),
  /** Between two signs of life. */
  heartbeat_ms: ms.min(10).nullish(),
});

/** The gateway's own clocks. */
export const clockSchema = z.strictObject({
  sweep_ms: ms.min(50).nullish(),
  heartbeat_timeout_ms: ms.nullish(),
  pending_timeout_ms: ms.nullish(),
});

export type Pace = { [Name in keyof z.infer<typeof paceSchema>]-?: number | null };
export type Clocks = { [Name in keyof z.infer<typeof clockSchema>]-?: number };

const defaultPace: Pace = { lines_per_second: null, speak_ms: 1200, join_ms: 400, heartbeat_ms: 30_000 };
/** As the gateway has them. */
const defaultClocks: Clocks = { sweep_ms: 15_000, heartbeat_timeout_ms: 45_000, pending_timeout_ms: 180_000 };

/** What can be set while running, for everybody or for one tenant, so that tests beside each other keep out of each other's way. */
export class Settings {
  #pace: Partial<Pace>;
  readonly #paceOf = new Map<string, Partial<Pace>>();
  #clocks: Partial<Clocks> = {};

  /** `pace` is what the process was started with. */
  constructor(pace: Partial<Pace> = {}) {
    this.#pace = pace;
  }

  pace(tenantId: string): Pace {
    return { ...defaultPace, ...this.#pace, ...this.#paceOf.get(tenantId) };
  }

  get clocks(): Clocks {
    return { ...defaultClocks, ...this.#clocks };
  }

  setPace(change: z.infer<typeof paceSchema>, tenantId?: string): void {
    if (tenantId === undefined) this.#pace = merged(this.#pace, change);
    else this.#paceOf.set(tenantId, merged(this.#paceOf.get(tenantId) ?? {}, change));
  }

  setClocks(change: z.infer<typeof clockSchema>): void {
    this.#clocks = merged(this.#clocks, change);
  }
}

function merged<Values extends object>(before: Values, change: object): Values {
  const all = Object.entries({ ...before, ...change }).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(all) as Values;
}

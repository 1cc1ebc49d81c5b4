/** How fast sessions are played. */
export interface Pace {
  /** Scripted lines per second, 0 for none; null: as fast as people speak. */
  lines_per_second: number | null;
  /** From a puppet's command to its line. */
  speak_ms: number;
  /** Joining the voice channel. */
  join_ms: number;
  /** Between two signs of life. */
  heartbeat_ms: number;
}

/** The gateway's own clocks. */
export interface Clocks {
  sweep_ms: number;
  heartbeat_timeout_ms: number;
  pending_timeout_ms: number;
}

/** What is given changes; null brings back what the next wider setting says. */
export type Change<Values> = { [Name in keyof Values]?: Values[Name] | null | undefined };

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

  setPace(change: Change<Pace>, tenantId?: string): void {
    if (tenantId === undefined) this.#pace = merged(this.#pace, change);
    else this.#paceOf.set(tenantId, merged(this.#paceOf.get(tenantId) ?? {}, change));
  }

  setClocks(change: Change<Clocks>): void {
    this.#clocks = merged(this.#clocks, change);
  }
}

function merged<Values extends object>(before: Values, change: object): Values {
  const all = Object.entries({ ...before, ...change }).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(all) as Values;
}

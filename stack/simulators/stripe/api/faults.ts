import { z } from 'zod';

/** How coming calls of the API go wrong. */
export const faultSchema = z.strictObject({
  /** `status`: answered so, nothing done. `reset`: connection cut, nothing done. `lost`: done, and the answer never arrives. */
  kind: z.enum(['status', 'reset', 'lost', 'slow']).default('status'),
  status: z.int().min(400).max(599).default(500),
  code: z.string().optional(),
  message: z.string().optional(),
  /** Waits this long first; with `slow` nothing else happens. */
  delay_ms: z.int().min(0).max(120_000).default(0),
  times: z.int().min(1).max(10_000).default(1),
  method: z.enum(['GET', 'POST', 'DELETE']).optional(),
  /** Head of the path, such as `/v1/customers`. */
  path: z.string().optional(),
});

export type Fault = z.output<typeof faultSchema>;

export class Faults {
  #faults: Fault[] = [];

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault that this call meets, if any; each is used as often as it says. */
  take(method: string, path: string): Fault | undefined {
    const fault = this.#faults.find((one) => (one.method ?? method) === method && path.startsWith(one.path ?? '/'));
    if (!fault) return undefined;
    fault.times -= 1;
    if (fault.times === 0) this.#faults = this.#faults.filter((one) => one !== fault);
    return fault;
  }
}

// Between a worker and what it reaches over HTTP: holds the n-th call by which a job changes something there, so that the worker
// can be killed exactly then.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { baseUrl, bodyOf } from './http.ts';

export interface CallTrap {
  /** Counted from 1, for each job by itself. */
  call: number;
  /** Before: it never arrives. After: it is done, and the worker never hears of it. */
  when: 'before' | 'after';
}

export class CallProxy {
  readonly #servers: Server[] = [];
  /** What only calls of one job contain, and the job. */
  #marks = new Map<string, string>();
  #counts = new Map<string, number>();
  #trap: CallTrap | undefined;
  #held: { job: string; call: number }[] = [];

  /** An address that leads to the target. */
  async to(target: string): Promise<string> {
    const server = createServer((request, response) => {
      this.#serve(request, response, target).catch((thrown: unknown) => response.destroy(thrown as Error));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#servers.push(server);
    return baseUrl(server);
  }

  /** Counts begin again; without a trap nothing is held. */
  watch(marks: Map<string, string>, trap?: CallTrap): void {
    this.#marks = marks;
    this.#counts = new Map();
    this.#trap = trap;
    this.#held = [];
  }

  disarm(): void {
    this.#trap = undefined;
  }

  get held(): readonly { job: string; call: number }[] {
    return this.#held;
  }

  /** Calls by job since they are watched. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  close(): void {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse, target: string): Promise<void> {
    const body = await bodyOf(request);
    const trap = this.#trap;
    const job = request.method === 'GET' ? undefined : this.#jobOf(`${request.url} ${body.toString()}`);
    const call = job === undefined ? 0 : (this.#counts.get(job) ?? 0) + 1;
    if (job !== undefined) this.#counts.set(job, call);
    const stops = job !== undefined && trap?.call === call;
    if (stops && trap.when === 'before') {
      this.#held.push({ job, call });
      return;
    }
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(new URL(request.url ?? '/', target), {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    const content = Buffer.from(await answer.arrayBuffer());
    if (stops) {
      this.#held.push({ job, call });
      return;
    }
    const { 'content-encoding': ____, 'transfer-encoding': _____, ...given } = Object.fromEntries(answer.headers);
    response.writeHead(answer.status, { ...given, 'content-length': String(content.length) }).end(content);
  }

  #jobOf(text: string): string | undefined {
    for (const [mark, job] of this.#marks) if (text.includes(mark)) return job;
    return undefined;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { StackError } from '../errors.ts';
import type { ServiceDefinition } from '../services/types.ts';
import { checkHealth } from './health.ts';
import { identify, type ProcessIdentity, signal } from './processes.ts';
import type { ServiceLog } from './service-log.ts';
import type { Timing } from './timing.ts';

export interface ServiceEvents {
  /** The process was started, or is gone (undefined). */
  onProcess: (identity: ProcessIdentity | undefined) => void;
  /** It failed too often after it had been healthy once. */
  onGiveUp: (error: StackError) => void;
}

export interface ServiceOptions {
  /** Working directory of the process. */
  root: string;
  /** Variables by which a later start knows the process as this stack's. */
  mark: Record<string, string>;
  log: ServiceLog;
  events: ServiceEvents;
  timing: Timing;
}

/** Keeps one process running: starts it, waits until it is healthy, restarts it when it dies or hangs, stops it. */
export class Service {
  readonly definition: ServiceDefinition;
  readonly #root: string;
  readonly #mark: Record<string, string>;
  readonly #log: ServiceLog;
  readonly #events: ServiceEvents;
  readonly #timing: Timing;
  readonly #firstHealthy = Promise.withResolvers<undefined>();
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #wasHealthy = false;
  #isStopping = false;
  #quickFailures = 0;
  #restart: NodeJS.Timeout | undefined;
  #liveness: NodeJS.Timeout | undefined;

  constructor(definition: ServiceDefinition, options: ServiceOptions) {
    this.definition = definition;
    this.#root = options.root;
    this.#mark = options.mark;
    this.#log = options.log;
    this.#events = options.events;
    this.#timing = options.timing;
  }

  /** Resolves when the process is healthy for the first time; rejects when it fails too often before. */
  start(): Promise<unknown> {
    this.#launch();
    return this.#firstHealthy.promise;
  }

  /** Resolves when the process is gone. Safe to call at any time and twice. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    clearTimeout(this.#liveness);
    const child = this.#child;
    if (!child?.pid) return;
    const { stopSignal = 'SIGTERM', stopTimeoutMs = this.#timing.stopTimeoutMs } = this.definition;
    signal(child.pid, stopSignal);
    const overdue = setTimeout(() => {
      this.#log.write(`did not end within ${stopTimeoutMs} ms and is killed`);
      this.kill();
    }, stopTimeoutMs);
    await this.#ended;
    clearTimeout(overdue);
  }

  /** Ends the process and its children at once. */
  kill(): void {
    // Each service leads a process group of its own, so that Ctrl-C reaches the supervisor alone, which knows the order.
    if (this.#child?.pid) signal(-this.#child.pid, 'SIGKILL');
  }

  #launch(): void {
    const { command, args, env, uid, gid, name } = this.definition;
    const { PATH, HOME, LANG, TZ } = process.env;
    const child = spawn(command, args, {
      // Another account may not be able to enter the checkout.
      cwd: uid === undefined ? this.#root : '/',
      env: { ...definedOnly({ PATH, HOME, LANG, TZ }), ...env, ...this.#mark },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      uid,
      gid,
    });
    this.#child = child;
    this.#log.follow(child.stdout);
    this.#log.follow(child.stderr);
    child.once('error', (error) => this.#giveUp(new StackError(`${name} could not be started: ${error.message}`)));
    if (child.pid === undefined) return;
    this.#events.onProcess(identify(child.pid));
    const startedAt = performance.now();
    this.#ended = this.#waitForEnd(child).then((how) => this.#onEnd(how, performance.now() - startedAt));
    void this.#waitUntilHealthy(child);
  }

  /** The last lines of output may arrive after the exit; a grandchild that keeps the pipe open must not hold us up. */
  async #waitForEnd(child: ChildProcess): Promise<string> {
    const closed = once(child, 'close');
    const [code, by] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    await Promise.race([closed, delay(500)]);
    return by ? `was ended by ${by}` : `ended with code ${code}`;
  }

  async #waitUntilHealthy(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + this.#timing.startTimeoutMs;
    let reason = 'it was not asked yet';
    while (this.#runs(child) && Date.now() < deadline) {
      try {
        await checkHealth(this.definition.health, this.#timing.startTimeoutMs);
        if (!this.#runs(child)) return;
        this.#wasHealthy = true;
        this.#firstHealthy.resolve(undefined);
        this.#watchLiveness(child, 0);
        return;
      } catch (error) {
        reason = (error as Error).message;
        await delay(this.#timing.startPollMs);
      }
    }
    if (!this.#runs(child)) return;
    this.#log.write(`was not healthy within ${this.#timing.startTimeoutMs / 1000} s (${reason}) and is killed`);
    this.kill();
  }

  #watchLiveness(child: ChildProcess, failures: number): void {
    if (!this.#runs(child)) return;
    this.#liveness = setTimeout(() => void this.#checkLiveness(child, failures), this.#timing.livenessIntervalMs);
    this.#liveness.unref();
  }

  async #checkLiveness(child: ChildProcess, failuresBefore: number): Promise<void> {
    let failures = 0;
    try {
      await checkHealth(this.definition.health, this.#timing.livenessTimeoutMs);
    } catch (error) {
      failures = failuresBefore + 1;
      if (!this.#runs(child)) return;
      this.#log.write(
        `did not answer its health check (${failures} of ${this.#timing.livenessFailureLimit}): ${(error as Error).message}`,
      );
    }
    if (failures < this.#timing.livenessFailureLimit) return this.#watchLiveness(child, failures);
    this.#log.write('hangs and is killed');
    this.kill();
  }

  #runs(child: ChildProcess): boolean {
    return this.#child === child && child.exitCode === null && child.signalCode === null && !this.#isStopping;
  }

  #onEnd(how: string, livedMs: number): void {
    this.#child = undefined;
    clearTimeout(this.#liveness);
    this.#events.onProcess(undefined);
    if (this.#isStopping) return;
    this.#quickFailures = livedMs < this.#timing.quickFailureMs ? this.#quickFailures + 1 : 1;
    if (this.#quickFailures >= this.#timing.quickFailureLimit) {
      const said = this.#log.tail.findLast((line) => /error:/i.test(line)) ?? this.#log.tail.at(-1);
      return this.#giveUp(
        new StackError(
          `${this.definition.name} ${how}, ${this.#timing.quickFailureLimit} times in a row${said ? ` (${said.trim()})` : ''}: see ${this.#log.file}.`,
        ),
      );
    }
    const backoff = Math.min(
      this.#timing.firstBackoffMs * 2 ** (this.#quickFailures - 1),
      this.#timing.longestBackoffMs,
    );
    this.#log.write(`${how}; next start in ${backoff} ms`);
    this.#restart = setTimeout(() => this.#launch(), backoff);
  }

  #giveUp(error: StackError): void {
    if (this.#wasHealthy) this.#events.onGiveUp(error);
    else this.#firstHealthy.reject(error);
  }
}

function definedOnly(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

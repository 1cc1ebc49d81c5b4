import type { ChildProcess } from 'node:child_process';
import type { StackContext } from '../context.ts';
import type { StackError } from '../errors.ts';
import type { Oversight } from '../run-program.ts';
import type { ServiceDefinition } from '../services/types.ts';
import { endOrphans, markOf } from './orphans.ts';
import { requireFreePorts } from './ports.ts';
import { identify, memoryOf, type ProcessIdentity } from './processes.ts';
import { Service, type ServiceEvents } from './service.ts';
import { ServiceLog } from './service-log.ts';
import { claimHome, removeState, type StackState, writeState } from './state-file.ts';
import { defaultTiming, type Timing } from './timing.ts';

/** Work between services, such as the migrations: done once, before whatever depends on it, and given up when the stack stops. */
export interface Step {
  name: string;
  dependsOn: string[];
  run: (oversight: Oversight) => Promise<void>;
}

export interface SupervisorOptions {
  services: ServiceDefinition[];
  steps: Step[];
  /** One prefixed line of a service's output. */
  echo: (line: string) => void;
  timing?: Partial<Timing>;
}

/** Runs the processes of one stack: in dependency order, as parallel as that order allows, until they are stopped. */
export class Supervisor {
  readonly #context: StackContext;
  readonly #definitions: ServiceDefinition[];
  readonly #services: Map<string, Service>;
  readonly #steps: Map<string, Step>;
  readonly #state: StackState;
  readonly #left: StackState['services'];
  readonly #echo: (line: string) => void;
  readonly #timing: Timing;
  readonly #failure = Promise.withResolvers<StackError>();
  readonly #abort = new AbortController();
  #stopping: Promise<void> | undefined;
  /** The state file is gone for good. */
  #isDown = false;

  /** Takes the data folder for this process: throws when another stack runs in it. */
  constructor(context: StackContext, { services, steps, echo, timing }: SupervisorOptions) {
    this.#context = context;
    this.#echo = echo;
    this.#timing = { ...defaultTiming, ...timing };
    this.#definitions = services;
    this.#services = new Map(services.map((definition) => [definition.name, this.#serviceOf(definition)]));
    this.#steps = new Map(steps.map((step) => [step.name, step]));
    const { state, left } = claimHome(context);
    this.#state = state;
    this.#left = left;
  }

  /** Resolves when every service is healthy. After a rejection the caller stops what has been started. */
  async start(): Promise<void> {
    const ended = await endOrphans(this.#context.home, this.#left);
    if (ended.length > 0) this.#echo(`stack     | ended what a killed start had left: ${ended.join(', ')}`);
    this.#state.services = this.#state.services.filter((service) => !this.#left.includes(service));
    writeState(this.#context.home, this.#state);
    await requireFreePorts(this.#context, this.#definitions);
    const done = new Map<string, Promise<void>>();
    const reach = (name: string): Promise<void> => {
      const known = done.get(name);
      if (known) return known;
      const promise = this.#reach(name, reach);
      done.set(name, promise);
      return promise;
    };
    await Promise.all([...this.#services.keys(), ...this.#steps.keys()].map(reach));
  }

  /** From now on `npm run stack:env` answers. */
  markReady(): void {
    this.#state.ready = true;
    writeState(this.#context.home, this.#state);
  }

  /** Resolves with the reason when a service failed too often; never otherwise. */
  get failure(): Promise<StackError> {
    return this.#failure.promise;
  }

  /** Stops each service after all that depend on it. Safe to call twice and during the start. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** For an impatient second Ctrl-C. Postgres recovers from this on the next start. */
  kill(): void {
    for (const service of this.#services.values()) service.kill();
  }

  /** Memory of all processes with the supervisor, in MB, where the system tells. */
  memory(): number | undefined {
    return memoryOf([process.pid, ...this.#state.services.map(({ pid }) => pid)]);
  }

  async #reach(name: string, reach: (name: string) => Promise<void>): Promise<void> {
    const service = this.#services.get(name);
    const step = this.#steps.get(name);
    if (!service && !step) throw new Error(`A service depends on "${name}", which does not exist.`);
    await Promise.all((service?.definition ?? step)!.dependsOn.map(reach));
    if (this.#stopping) return;
    await (service ? service.start() : step!.run(this.#oversightOf(name)));
  }

  async #stopAll(): Promise<void> {
    this.#abort.abort();
    const done = new Map<string, Promise<void>>();
    const stop = (service: Service): Promise<void> => {
      const { name } = service.definition;
      const known = done.get(name);
      if (known) return known;
      const promise = Promise.all(this.#dependentsOf(name).map(stop)).then(() => service.stop());
      done.set(name, promise);
      return promise;
    };
    await Promise.all([...this.#services.values()].map(stop));
    this.#isDown = true;
    removeState(this.#context.home);
  }

  /** Services that need `name`, directly or through steps. */
  #dependentsOf(name: string): Service[] {
    const through = [...this.#steps.values()].filter(({ dependsOn }) => dependsOn.includes(name));
    const direct = [...this.#services.values()].filter(({ definition }) => definition.dependsOn.includes(name));
    return [...direct, ...through.flatMap((step) => this.#dependentsOf(step.name))];
  }

  #serviceOf(definition: ServiceDefinition): Service {
    const { name } = definition;
    const events: ServiceEvents = {
      onProcess: (identity) => this.#note(name, identity),
      onGiveUp: (error) => this.#failure.resolve(error),
    };
    const { root, home } = this.#context;
    const log = new ServiceLog(home, name, this.#echo);
    return new Service(definition, { root, mark: markOf(name, home), log, events, timing: this.#timing });
  }

  #oversightOf(name: string): Oversight {
    const track = (child: ChildProcess) => {
      if (child.pid === undefined) return;
      this.#note(name, identify(child.pid));
      child.once('exit', () => this.#note(name, undefined));
    };
    return { signal: this.#abort.signal, mark: markOf(name, this.#context.home), track };
  }

  /** Writes down which process stands for a service or step, for the start after a kill. */
  #note(name: string, identity: ProcessIdentity | undefined): void {
    this.#state.services = this.#state.services.filter((service) => service.name !== name);
    if (identity) this.#state.services.push({ name, ...identity });
    if (!this.#isDown) writeState(this.#context.home, this.#state);
  }
}

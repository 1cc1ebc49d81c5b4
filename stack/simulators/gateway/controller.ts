import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, errorText, wrap } from './database.ts';
import type { NextStart } from './faults.ts';
import { loadNpcs } from './npc-store.ts';
import type { SessionStore } from './session-store.ts';
import type { Pace } from './settings.ts';
import type { Tenant } from './tenant-store.ts';
import { Worker, type WorkerCallback } from './worker.ts';

/** How long the gateway waits for a worker. */
const dispatchTimeoutMs = 120_000;

export interface StartRequest {
  campaignId: string;
  guildId: string;
  channelId: string;
  /** Aborted when the caller gives up. */
  signal: AbortSignal;
  fault: NextStart | undefined;
}

export interface ControllerDependencies {
  database: Database;
  sessions: SessionStore;
  callback: WorkerCallback;
  pace: (tenantId: string) => Pace;
}

/**
 * Starts and stops one tenant's sessions. Made when its bot connects, and keeps the tenant's tier and campaign as they were then.
 * What runs is known in memory only.
 */
export class SessionController {
  readonly #tenant: Tenant;
  readonly #deps: ControllerDependencies;
  /** Guild to session; empty while it starts. */
  readonly #active = new Map<string, string>();
  readonly workers = new Map<string, Worker>();
  readonly #stopping = new Set<string>();

  constructor(tenant: Tenant, dependencies: ControllerDependencies, previous?: SessionController) {
    this.#tenant = tenant;
    this.#deps = dependencies;
    // A reconnect leaves running sessions alone.
    for (const [guild, session] of previous?.activeGuilds ?? []) this.#active.set(guild, session);
    for (const [id, worker] of previous?.workers ?? []) this.workers.set(id, worker);
  }

  get activeGuilds(): ReadonlyMap<string, string> {
    return this.#active;
  }

  /** Blocks until the worker plays. Resolves to the session's id. */
  async start(request: StartRequest): Promise<string> {
    const { guildId, channelId, fault } = request;
    if (this.#active.has(guildId)) throw new Error(`gateway: session already active for guild ${guildId}`);
    this.#active.set(guildId, '');
    let release = true;
    try {
      const campaignId = request.campaignId || this.#tenant.campaignId;
      const sessionId = await this.#createPending(campaignId, guildId, channelId);
      for (const [name, id] of [
        ['guild', guildId],
        ['channel', channelId],
      ] as const) {
        if (isSnowflake(id)) continue;
        // The gateway forgets to give the guild back here.
        release = false;
        const error = `strconv.ParseUint: parsing "${id}": invalid syntax`;
        await this.#deps.sessions.transition(sessionId, 'ended', error);
        throw new Error(`gateway: parse ${name} ID "${id}": ${error}`);
      }
      const npcs = await this.#failing(sessionId, `gateway: load NPCs for campaign "${campaignId}"`, () =>
        loadNpcs(this.#deps.database, this.#tenant.id, campaignId),
      );
      await this.#joinVoice(sessionId, fault);
      const worker = new Worker(
        { sessionId, tenantId: this.#tenant.id, campaignId, guildId, channelId, npcs },
        this.#deps.database,
        this.#deps.callback,
        () => this.#deps.pace(this.#tenant.id),
      );
      await this.#dispatch(worker, request);
      this.workers.set(sessionId, worker);
      this.#active.set(guildId, sessionId);
      release = false;
      return sessionId;
    } finally {
      if (release) this.#active.delete(guildId);
    }
  }

  /**
   * Lets the worker say goodbye, then ends the row. Also ends a session of an earlier process, whose worker is gone. A second call
   * returns while the first still works.
   */
  async stop(sessionId: string): Promise<void> {
    if (this.#stopping.has(sessionId)) return;
    this.#stopping.add(sessionId);
    try {
      const stopped = this.workers.get(sessionId)?.stop();
      await stopped?.catch((error: unknown) => console.error(`session ${sessionId}: stop: ${errorText(error)}`));
      await this.#deps.sessions.transition(sessionId, 'ended');
    } catch (error) {
      throw wrap('gateway: transition session to ended', error);
    } finally {
      this.#stopping.delete(sessionId);
    }
    this.forget(sessionId);
  }

  /** Drops what is known of a session that the sweep ended. */
  forget(sessionId: string): void {
    void this.workers.get(sessionId)?.die();
    this.workers.delete(sessionId);
    for (const [guild, session] of this.#active) if (session === sessionId) this.#active.delete(guild);
  }

  async #createPending(campaignId: string, guildId: string, channelId: string): Promise<string> {
    const { id: tenantId, licenseTier } = this.#tenant;
    try {
      return await this.#deps.sessions.create({ tenantId, campaignId, guildId, channelId, licenseTier });
    } catch (error) {
      throw wrap('gateway: validate session', error);
    }
  }

  async #joinVoice(sessionId: string, fault: NextStart | undefined): Promise<void> {
    await this.#failing(sessionId, 'gateway: voice permission check', async () => {
      if (fault === 'refuse') throw new Error('bot is missing the CONNECT permission in the voice channel');
      await sleep(this.#deps.pace(this.#tenant.id).join_ms);
    });
  }

  async #dispatch(worker: Worker, { fault, signal }: StartRequest): Promise<void> {
    const { sessionId } = worker.options;
    const delay = fault === 'hang' ? dispatchTimeoutMs : Number(/^slow:(\d+)$/.exec(fault ?? '')?.[1] ?? 0);
    try {
      await sleep(delay, undefined, { signal });
    } catch {
      // The gateway ends the row with the caller's own, cancelled context: it fails, and the row is left to the sweep.
      throw new Error('gateway: dispatch worker: context canceled');
    }
    await this.#failing(sessionId, 'gateway: dispatch worker', async () => {
      if (fault === 'hang') throw new Error(`worker not ready after ${dispatchTimeoutMs / 1000}s`);
      try {
        await worker.start();
      } catch (error) {
        throw wrap('StartSession RPC', error);
      }
    });
  }

  /** Runs a step of the start; when it fails, the session ends with its error. */
  async #failing<Result>(sessionId: string, doing: string, step: () => Promise<Result>): Promise<Result> {
    try {
      return await step();
    } catch (error) {
      await this.#deps.sessions.transition(sessionId, 'ended', errorText(error));
      throw wrap(doing, error);
    }
  }
}

/** What the gateway's library takes for an id: any unsigned number of 64 bits. */
function isSnowflake(id: string): boolean {
  return /^\d{1,20}$/.test(id) && BigInt(id) < 2n ** 64n;
}

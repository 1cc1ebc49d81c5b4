import { Bots } from './bots.ts';
import { type Database, errorText } from './database.ts';
import { SessionStore } from './session-store.ts';
import type { Settings } from './settings.ts';
import { TenantStore } from './tenant-store.ts';
import type { WorkerCallback } from './worker.ts';

const hourMs = 3_600_000;

/** The gateway without its wire: stores, bots, and the sweep that ends what nobody plays any more. */
export class Gateway implements WorkerCallback {
  readonly tenants: TenantStore;
  readonly sessions: SessionStore;
  readonly bots: Bots;
  readonly #settings: Settings;
  #sweep: NodeJS.Timeout | undefined;

  constructor(database: Database, settings: Settings, discordApiUrl: string | undefined) {
    this.tenants = new TenantStore(database);
    this.sessions = new SessionStore(database);
    this.#settings = settings;
    const dependencies = {
      database,
      sessions: this.sessions,
      callback: this,
      pace: (tenantId: string) => settings.pace(tenantId),
    };
    this.bots = new Bots(this.tenants, dependencies, discordApiUrl);
  }

  async start(): Promise<void> {
    await this.bots.connectAll();
    this.reschedule();
  }

  /** A worker's report. ENDED books the session's hours first, and books them again when it is reported again. */
  async reportState(sessionId: string, state: 'pending' | 'active' | 'ended', error: string): Promise<void> {
    if (state === 'ended') await this.#bookHours(sessionId);
    await this.sessions.transition(sessionId, state, error);
    if (state === 'ended') this.#forget(sessionId);
  }

  heartbeat(sessionId: string): Promise<void> {
    return this.sessions.heartbeat(sessionId);
  }

  /** Ends silent and stale sessions now. The times are the gateway's own unless given; with a tenant only its sessions. */
  async sweep(limits: { heartbeatMs?: number; pendingMs?: number; tenantId?: string } = {}): Promise<string[]> {
    const { heartbeat_timeout_ms, pending_timeout_ms } = this.#settings.clocks;
    const ended = [
      ...(await this.sessions.endSilent(limits.heartbeatMs ?? heartbeat_timeout_ms, limits.tenantId)),
      ...(await this.sessions.endStalePending(limits.pendingMs ?? pending_timeout_ms, limits.tenantId)),
    ];
    for (const id of ended) this.#forget(id);
    return ended;
  }

  /** Follows a change of the clocks. */
  reschedule(): void {
    clearTimeout(this.#sweep);
    this.#sweep = setTimeout(() => {
      this.sweep()
        .catch((error: unknown) => console.error(`sweep: ${errorText(error)}`))
        .finally(() => this.reschedule());
    }, this.#settings.clocks.sweep_ms);
  }

  /** Stops every session, as the gateway does when it is asked to end. */
  async stop(): Promise<void> {
    clearTimeout(this.#sweep);
    const running = this.bots.controllers.flatMap((controller) =>
      [...controller.workers.keys()].map((sessionId) => controller.stop(sessionId)),
    );
    await Promise.allSettled(running);
    clearTimeout(this.#sweep);
  }

  #forget(sessionId: string): void {
    for (const controller of this.bots.controllers) controller.forget(sessionId);
  }

  /** Metering never fails a session. */
  async #bookHours(sessionId: string): Promise<void> {
    try {
      const session = await this.sessions.get(sessionId);
      if (!session) return;
      const hours = (Date.now() - session.startedAt.getTime()) / hourMs;
      if (hours > 0) await this.sessions.recordHours(session.tenantId, hours);
    } catch (error) {
      console.error(`session ${sessionId}: book hours: ${errorText(error)}`);
    }
  }
}

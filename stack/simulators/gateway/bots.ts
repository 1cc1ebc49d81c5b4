import { type ControllerDependencies, SessionController } from './controller.ts';
import { errorText } from './database.ts';
import type { Tenant, TenantStore } from './tenant-store.ts';
import type { Worker } from './worker.ts';

interface Bot {
  guilds: number;
  controller: SessionController;
}

const discordTimeoutMs = 3_000;

/** The bots that are connected to Discord, one per tenant, each with the controller of its sessions. */
export class Bots {
  readonly #bots = new Map<string, Bot>();
  readonly #tenants: TenantStore;
  readonly #dependencies: ControllerDependencies;
  readonly #discordApiUrl: string | undefined;

  /** Without `discordApiUrl` every token is good. */
  constructor(tenants: TenantStore, dependencies: ControllerDependencies, discordApiUrl: string | undefined) {
    this.#tenants = tenants;
    this.#dependencies = dependencies;
    this.#discordApiUrl = discordApiUrl;
  }

  /** As at the gateway's start: every tenant with a token. A bot that cannot connect is only logged. */
  async connectAll(): Promise<void> {
    await Promise.all((await this.#tenants.list()).map((tenant) => this.connect(tenant)));
  }

  /** Connects, or connects again, with the tenant's settings of now. */
  async connect(tenant: Tenant): Promise<void> {
    const previous = this.#bots.get(tenant.id);
    if (tenant.botToken === '') return;
    try {
      await this.#login(tenant.botToken);
    } catch (error) {
      this.#bots.delete(tenant.id);
      console.error(`tenant ${tenant.id}: connect bot: ${errorText(error)}`);
      return;
    }
    const controller = new SessionController(tenant, this.#dependencies, previous?.controller);
    this.#bots.set(tenant.id, { guilds: tenant.guildIds?.length ?? 0, controller });
  }

  disconnect(tenantId: string): void {
    this.#bots.delete(tenantId);
  }

  /**
   * The tenant's bot, undefined when it is not connected. A tenant that came by SQL after the start, as demo data does, is connected
   * now; the gateway itself would do so at its next start.
   */
  async find(tenantId: string): Promise<Bot | undefined> {
    const known = this.#bots.get(tenantId);
    if (known) return known;
    const tenant = await this.#tenants.get(tenantId);
    if (tenant) await this.connect(tenant);
    return this.#bots.get(tenantId);
  }

  /** Every controller: for the sweep, and to stop everything. */
  get controllers(): SessionController[] {
    return [...this.#bots.values()].map(({ controller }) => controller);
  }

  worker(sessionId: string): Worker | undefined {
    return this.controllers.map(({ workers }) => workers.get(sessionId)).find((worker) => worker !== undefined);
  }

  get workers(): Worker[] {
    return this.controllers.flatMap(({ workers }) => [...workers.values()]);
  }

  async #login(token: string): Promise<void> {
    if (this.#discordApiUrl === undefined) return;
    const response = await fetch(`${this.#discordApiUrl}/v10/users/@me`, {
      headers: { authorization: `Bot ${token}` },
      signal: AbortSignal.timeout(discordTimeoutMs),
    });
    if (!response.ok) throw new Error(`Discord answered ${response.status}`);
  }
}

import { status } from '@grpc/grpc-js';
import type { ManagementServiceDefinition } from '../../../domain/gateway/generated/glyphoxa/v1/ManagementService.ts';
import type { TenantInfo } from '../../../domain/gateway/generated/glyphoxa/v1/TenantInfo.ts';
import { dateTimestamp, timestampDate } from '../../../domain/gateway/timestamp.ts';
import { errorText } from './database.ts';
import type { Faults } from './faults.ts';
import type { Gateway } from './gateway.ts';
import type { Listener } from './listener.ts';
import { monthOf } from './session-store.ts';
import type { Tenant } from './tenant-store.ts';
import { type CallContext, type Handlers, StatusError } from './wire.ts';
import { sessionStates } from './worker-service.ts';

const tenantId = /^[a-z][a-z0-9_]{0,62}$/;

function required<Request extends object>(request: Request, ...fields: (keyof Request & string)[]): void {
  if (fields.every((field) => request[field] !== '')) return;
  const names = fields.map((field) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  throw new StatusError(status.INVALID_ARGUMENT, `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} required`);
}

function checkedTier(tier: string): string {
  if (tier === 'shared' || tier === 'dedicated') return tier;
  throw new StatusError(status.INVALID_ARGUMENT, `invalid license tier: config: unknown license tier "${tier}"`);
}

function tenantInfo(tenant: Tenant): TenantInfo {
  return {
    id: tenant.id,
    licenseTier: tenant.licenseTier,
    guildIds: tenant.guildIds ?? [],
    dmRoleId: tenant.dmRoleId,
    campaignId: tenant.campaignId,
    monthlySessionHours: Number(tenant.monthlySessionHours),
    createdAt: dateTimestamp(tenant.createdAt),
    updatedAt: dateTimestamp(tenant.updatedAt),
  };
}

/** Runs a query; whatever goes wrong becomes this status, as the gateway hides its reasons. */
async function orStatus<Result>(code: status, message: string, query: () => Promise<Result>): Promise<Result> {
  try {
    return await query();
  } catch (error) {
    console.error(`${message}: ${errorText(error)}`);
    throw new StatusError(code, message);
  }
}

export function managementHandlers(
  gateway: Gateway,
  faults: Faults,
  listener: () => Listener,
): Handlers<ManagementServiceDefinition> {
  const { tenants, sessions, bots } = gateway;

  async function knownTenant(id: string): Promise<Tenant> {
    const missing = `tenant "${id}" not found`;
    const tenant = await orStatus(status.NOT_FOUND, missing, () => tenants.get(id));
    if (!tenant) throw new StatusError(status.NOT_FOUND, missing);
    return tenant;
  }

  /** Breaks off a call: cuts the whole connection, or only this call when other tenants share the connection. */
  function lose({ peer }: CallContext, wholeConnection: boolean): never {
    if (wholeConnection) listener().cut(peer);
    throw new StatusError(status.UNAVAILABLE, 'connection error: desc = "transport is closing"');
  }

  return {
    async CreateTenant(request) {
      required(request, 'id');
      if (!tenantId.test(request.id)) throw new StatusError(status.INVALID_ARGUMENT, 'invalid tenant id');
      const now = new Date();
      const tenant: Tenant = {
        id: request.id,
        licenseTier: checkedTier(request.licenseTier),
        botToken: request.botToken,
        guildIds: request.guildIds.length > 0 ? request.guildIds : null,
        monthlySessionHours: '0',
        campaignId: request.campaignId,
        dmRoleId: request.dmRoleId,
        createdAt: now,
        updatedAt: now,
      };
      await orStatus(status.ALREADY_EXISTS, `tenant "${tenant.id}" already exists`, () => tenants.create(tenant));
      await bots.connect(tenant);
      return { tenant: tenantInfo(tenant) };
    },

    async GetTenant({ id }) {
      return { tenant: tenantInfo(await knownTenant(id)) };
    },

    async ListTenants() {
      const all = await orStatus(status.INTERNAL, 'failed to list tenants', () => tenants.list());
      return { tenants: all.map(tenantInfo) };
    },

    async UpdateTenant(request) {
      const tenant = await knownTenant(request.id);
      if (request.licenseTier !== '') tenant.licenseTier = checkedTier(request.licenseTier);
      if (request.botToken !== '') tenant.botToken = request.botToken;
      if (request.guildIds.length > 0) tenant.guildIds = request.guildIds;
      if (request.clearDmRoleId) tenant.dmRoleId = '';
      else if (request.dmRoleId !== '') tenant.dmRoleId = request.dmRoleId;
      if (request.clearCampaignId) tenant.campaignId = '';
      else if (request.campaignId !== '') tenant.campaignId = request.campaignId;
      tenant.updatedAt = new Date();
      const updated = await orStatus(status.INTERNAL, 'failed to update tenant', () => tenants.update(tenant));
      if (!updated) throw new StatusError(status.INTERNAL, 'failed to update tenant');
      // A change of tier alone does not reconnect: the controller goes on with the tier it has.
      const reconnects =
        request.botToken !== '' ||
        request.guildIds.length > 0 ||
        request.dmRoleId !== '' ||
        request.clearDmRoleId ||
        request.campaignId !== '' ||
        request.clearCampaignId;
      if (reconnects) await bots.connect(tenant);
      return { tenant: tenantInfo(tenant) };
    },

    async DeleteTenant({ id }) {
      const missing = `tenant "${id}" not found`;
      const removed = await orStatus(status.NOT_FOUND, missing, () => tenants.remove(id));
      if (!removed) throw new StatusError(status.NOT_FOUND, missing);
      bots.disconnect(id);
      return {};
    },

    async StartWebSession(request, context) {
      required(request, 'tenantId', 'guildId', 'channelId');
      const bot = await bots.find(request.tenantId);
      if (!bot) {
        const message = `no active bot for tenant "${request.tenantId}" — bot must be connected first`;
        throw new StatusError(status.FAILED_PRECONDITION, message);
      }
      const taken = faults.takeNextStart(request.tenantId);
      if (taken?.fault === 'drop') lose(context, taken.forEverybody);
      const { campaignId, guildId, channelId } = request;
      const { signal } = context;
      let sessionId: string;
      try {
        sessionId = await bot.controller.start({ campaignId, guildId, channelId, signal, fault: taken?.fault });
      } catch (error) {
        throw new StatusError(status.INTERNAL, `start session: ${errorText(error)}`);
      }
      if (taken?.fault === 'answer_lost') lose(context, taken.forEverybody);
      return { sessionId };
    },

    async StopWebSession(request) {
      required(request, 'sessionId');
      const missing = `session "${request.sessionId}" not found`;
      const session = await orStatus(status.NOT_FOUND, missing, () => sessions.get(request.sessionId));
      if (!session) throw new StatusError(status.NOT_FOUND, missing);
      const bot = await bots.find(session.tenantId);
      if (!bot) {
        throw new StatusError(status.FAILED_PRECONDITION, `no active controller for tenant "${session.tenantId}"`);
      }
      const { stop } = faults.of(session.tenantId);
      if (stop === 'hang') await new Promise<never>(() => undefined);
      if (stop === 'refuse') throw new StatusError(status.INTERNAL, 'stop session: gateway: worker did not stop');
      try {
        await bot.controller.stop(session.id);
      } catch (error) {
        throw new StatusError(status.INTERNAL, `stop session: ${errorText(error)}`);
      }
      return {};
    },

    async ListActiveSessions(request) {
      required(request, 'tenantId');
      const active = await orStatus(status.INTERNAL, 'failed to list active sessions', () =>
        sessions.active(request.tenantId),
      );
      return {
        sessions: active.map((session) => ({
          sessionId: session.id,
          tenantId: session.tenantId,
          campaignId: session.campaignId,
          guildId: session.guildId,
          channelId: session.channelId,
          licenseTier: session.licenseTier,
          state: sessionStates[session.state],
          error: session.error ?? '',
          startedAt: dateTimestamp(session.startedAt),
        })),
      };
    },

    async GetUsage(request) {
      required(request, 'tenantId');
      const now = new Date();
      const period = timestampDate(request.period) ?? new Date(`${monthOf(now)}T00:00:00Z`);
      const usage = await orStatus(status.INTERNAL, 'failed to get usage', () =>
        sessions.usage(request.tenantId, period.toISOString().slice(0, 10)),
      );
      return {
        tenantId: request.tenantId,
        period: dateTimestamp(period),
        sessionHours: Number(usage.sessionHours),
        llmTokens: usage.llmTokens,
        sttSeconds: Number(usage.sttSeconds),
        ttsChars: usage.ttsChars,
      };
    },

    async GetBotStatus(request) {
      required(request, 'tenantId');
      const bot = await bots.find(request.tenantId);
      return {
        tenantId: request.tenantId,
        state: bot ? 'BOT_CONNECTION_STATE_CONNECTED' : 'BOT_CONNECTION_STATE_DISCONNECTED',
        guildCount: bot?.guilds ?? 0,
      };
    },
  };
}

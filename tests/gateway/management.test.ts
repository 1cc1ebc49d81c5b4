import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { refusal, Rpc } from './rpc.ts';
import { endSessions, newTable, startRequest, startSession, sessionRow } from './table.ts';

let rpc: Rpc;
beforeAll(() => {
  rpc = new Rpc();
});
afterEach(() => endSessions(rpc));
afterAll(async () => {
  rpc.close();
  await closeDatabase();
});

const code = { invalidArgument: 3, notFound: 5, alreadyExists: 6, failedPrecondition: 9, unauthenticated: 16 } as const;

interface TenantRow {
  [column: string]: unknown;
  bot_token: string;
  guild_ids: string[] | null;
}

async function tenantRow(id: string): Promise<TenantRow> {
  const [row] = await asRoot<TenantRow>('select * from public.tenants where id = $1', [id]);
  return row!;
}

test('without the secret, or with a wrong one, every management call is refused', async () => {
  for (const secret of [null, 'wrong', '']) {
    const refused = await refusal(rpc.call('ManagementService/ListTenants', {}, { secret }));
    expect(refused.code).toBe(code.unauthenticated);
  }
});

test('an update touches what was sent and nothing else', async () => {
  const table = await newTable(rpc);
  await rpc.call('ManagementService/UpdateTenant', { id: table.tenant, dmRoleId: '700000000000000001' });
  await asRoot('update public.tenants set monthly_session_hours = 12.5 where id = $1', [table.tenant]);
  const before = await tenantRow(table.tenant);
  const { tenant } = await rpc.call<{ tenant: Record<string, unknown> }>('ManagementService/UpdateTenant', {
    id: table.tenant,
    botToken: 'another.token',
  });
  const after = await tenantRow(table.tenant);
  expect(after).toEqual({ ...before, bot_token: 'another.token', updated_at: after.updated_at });
  expect(after.bot_token).not.toBe(before.bot_token);
  expect(tenant).toMatchObject({ monthlySessionHours: 12.5, guildIds: [table.guild], dmRoleId: '700000000000000001' });
  expect(JSON.stringify(tenant)).not.toContain('another.token');
});

test('a token that Discord does not know connects no bot', async () => {
  const table = await newTable(rpc);
  const state = async () =>
    (await rpc.call<{ state: string }>('ManagementService/GetBotStatus', { tenantId: table.tenant })).state;
  expect(await state()).toBe('BOT_CONNECTION_STATE_CONNECTED');
  await rpc.call('ManagementService/UpdateTenant', { id: table.tenant, botToken: 'never.heard.of' });
  expect(await state()).toBe('BOT_CONNECTION_STATE_DISCONNECTED');
  const start = await refusal(rpc.call('ManagementService/StartWebSession', startRequest(table)));
  expect(start.code).toBe(code.failedPrecondition);
});

test('guilds and token cannot be taken away, role and campaign can', async () => {
  const table = await newTable(rpc);
  await rpc.call('ManagementService/UpdateTenant', { id: table.tenant, dmRoleId: '700000000000000001' });
  await rpc.call('ManagementService/UpdateTenant', {
    id: table.tenant,
    botToken: '',
    guildIds: [],
    dmRoleId: '700000000000000002',
    clearDmRoleId: true,
  });
  expect(await tenantRow(table.tenant)).toMatchObject({
    bot_token: table.token,
    guild_ids: [table.guild],
    dm_role_id: '',
    campaign_id: table.campaign,
  });
  await rpc.call('ManagementService/UpdateTenant', { id: table.tenant, clearCampaignId: true });
  expect(await tenantRow(table.tenant)).toMatchObject({ campaign_id: '' });
});

test('a running controller keeps the tier it was connected with', async () => {
  const table = await newTable(rpc);
  await rpc.call('ManagementService/UpdateTenant', { id: table.tenant, licenseTier: 'shared' });
  const first = await startSession(rpc, table);
  expect((await sessionRow(first)).license_tier).toBe('dedicated');
  await rpc.call('ManagementService/StopWebSession', { sessionId: first });
  await rpc.call('ManagementService/UpdateTenant', { id: table.tenant, guildIds: [table.guild] });
  expect((await sessionRow(await startSession(rpc, table))).license_tier).toBe('shared');
});

test('a tenant without a token has no bot and cannot play', async () => {
  const table = await newTable(rpc);
  const id = `${table.tenant}_b`;
  await rpc.call('ManagementService/CreateTenant', { id, licenseTier: 'shared' });
  expect((await tenantRow(id)).guild_ids).toBeNull();
  expect(await rpc.call('ManagementService/GetBotStatus', { tenantId: id })).toMatchObject({
    state: 'BOT_CONNECTION_STATE_DISCONNECTED',
    guildCount: 0,
  });
  const start = await refusal(rpc.call('ManagementService/StartWebSession', { ...startRequest(table), tenantId: id }));
  expect(start).toEqual({
    code: code.failedPrecondition,
    details: `no active bot for tenant "${id}" — bot must be connected first`,
  });
  expect(await rpc.call('ManagementService/GetBotStatus', { tenantId: table.tenant })).toMatchObject({
    state: 'BOT_CONNECTION_STATE_CONNECTED',
    guildCount: 1,
  });
});

test('a wrong id, tier or a missing field is INVALID_ARGUMENT, a second tenant of the id ALREADY_EXISTS', async () => {
  const { tenant } = await newTable(rpc);
  const refused = async (method: string, request: Record<string, unknown>) =>
    (await refusal(rpc.call(`ManagementService/${method}`, request))).code;
  expect(await refused('CreateTenant', { id: 'No-Good', licenseTier: 'shared' })).toBe(code.invalidArgument);
  expect(await refused('CreateTenant', { id: 'fine', licenseTier: 'guild' })).toBe(code.invalidArgument);
  expect(await refused('UpdateTenant', { id: tenant, licenseTier: 'guild' })).toBe(code.invalidArgument);
  expect(await refused('StartWebSession', { tenantId: tenant, channelId: '1' })).toBe(code.invalidArgument);
  expect(await refused('CreateTenant', { id: tenant, licenseTier: 'shared' })).toBe(code.alreadyExists);
  expect(await refused('GetTenant', { id: 'nobody' })).toBe(code.notFound);
});

test('a deleted tenant leaves its sessions behind', async () => {
  const table = await newTable(rpc);
  const id = await startSession(rpc, table);
  await rpc.call('ManagementService/StopWebSession', { sessionId: id });
  await rpc.call('ManagementService/DeleteTenant', { id: table.tenant });
  const gone = rpc.call('ManagementService/DeleteTenant', { id: table.tenant });
  expect((await refusal(gone)).code).toBe(code.notFound);
  expect(await sessionRow(id)).toMatchObject({ tenant_id: table.tenant, state: 'ended' });
});

test('a month without use reads as zeros', async () => {
  const table = await newTable(rpc);
  const period = { seconds: String(Date.UTC(2026, 2, 1) / 1000), nanos: 0 };
  expect(await rpc.call('ManagementService/GetUsage', { tenantId: table.tenant, period })).toEqual({
    tenantId: table.tenant,
    period,
    sessionHours: 0,
    llmTokens: '0',
    sttSeconds: 0,
    ttsChars: '0',
  });
});

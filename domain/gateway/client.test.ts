import { createServer, type AddressInfo, type Socket } from 'node:net';
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { createGatewayClient, type GatewayClient } from './client.ts';
import { GatewayError } from './errors.ts';
import { closedPort, type FakeGateway, hang, startFakeGateway, startProxy, Status } from './fake-gateway.ts';
import type { GatewayLogEntry } from './interceptors.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** What comes at once or within three seconds, as a busy machine may measure it; a start that hangs takes more than two minutes. */
const busyMs = 15_000;

async function gateway(handlers: Parameters<typeof startFakeGateway>[0], port?: number): Promise<FakeGateway> {
  const fake = await startFakeGateway(handlers, port === undefined ? {} : { port });
  closing.push(fake.stop);
  return fake;
}

function client(address: string, log?: (entry: GatewayLogEntry) => void): GatewayClient {
  const made = createGatewayClient({ address, secret: 'the secret', ...(log ? { log } : {}) });
  closing.push(() => made.close());
  return made;
}

async function failure(call: Promise<unknown>): Promise<GatewayError> {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(GatewayError);
  return thrown as GatewayError;
}

const start = { tenantId: 'mirefall', campaignId: 'c', guildId: '100000000000000001', channelId: '100000000000000002' };

describe('a call', () => {
  test('carries the secret and the request id, and brings typed messages both ways', async () => {
    const fake = await gateway({
      GetUsage: () => ({ tenantId: 'mirefall', sessionHours: 1.5, llmTokens: '9007199254740993' }),
    });
    const usage = await client(fake.address).getUsage({ tenantId: 'mirefall' }, { requestId: 'req-1' });
    expect(usage).toMatchObject({ sessionHours: 1.5, llmTokens: '9007199254740993', ttsChars: '0', period: null });
    const [seen] = fake.requests;
    expect(seen?.request).toMatchObject({ tenantId: 'mirefall' });
    expect(seen?.metadata.get('x-mgmt-secret')).toEqual(['the secret']);
    expect(seen?.metadata.get('x-request-id')).toEqual(['req-1']);
  });

  test('reaches the services of NPC control', async () => {
    const fake = await gateway({ ListNPCs: () => ({ npcs: [{ id: 'npc-0-Greta', name: 'Greta', muted: true }] }) });
    const { npcs } = await client(fake.address).listNPCs({ sessionId: 's' });
    expect(npcs).toEqual([{ id: 'npc-0-Greta', name: 'Greta', muted: true }]);
  });

  test('tells the server its deadline: the method’s own, or the one asked for', async () => {
    const fake = await gateway({ StartWebSession: () => ({}), GetTenant: () => ({}), MuteNPC: () => ({}) });
    const made = client(fake.address);
    await made.startWebSession(start);
    await made.getTenant({ id: 'x' });
    await made.muteNPC({ sessionId: 's', npcName: 'Greta' });
    await made.muteNPC({ sessionId: 's', npcName: 'Greta' }, { deadlineMs: 30_000 });
    const seconds = fake.requests.map(({ deadlineMs }) => Math.round(deadlineMs / 100) / 10);
    for (const [index, expected] of [130, 2.5, 5, 30].entries()) {
      expect(seconds[index]).toBeGreaterThan(expected - 2);
      expect(seconds[index]).toBeLessThanOrEqual(expected);
    }
  });

  test('is logged by method, status and request id, and never with its content', async () => {
    const fake = await gateway({
      UpdateTenant: () => {
        throw new Status(status.INTERNAL, 'failed to update tenant');
      },
    });
    const entries: GatewayLogEntry[] = [];
    const made = client(fake.address, (entry) => entries.push(entry));
    await failure(made.updateTenant({ id: 'mirefall', botToken: 'hush' }, { requestId: 'req-2' }));
    expect(entries).toEqual([
      {
        method: '/glyphoxa.v1.ManagementService/UpdateTenant',
        requestId: 'req-2',
        grpcCode: status.INTERNAL,
        grpcStatus: 'INTERNAL',
        detail: 'failed to update tenant',
        durationMs: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain('hush');
  });
});

describe('an error', () => {
  const sql = (text: string) => `start session: gateway: validate session: sessionorch: create session: ERROR: ${text}`;
  test.each([
    [status.FAILED_PRECONDITION, 'no active bot for tenant "mirefall"', 'bot_disconnected', 'refused'],
    [status.NOT_FOUND, 'session "s" not found', 'not_found', 'refused'],
    [status.UNIMPLEMENTED, 'unknown service', 'gateway_unsupported', 'refused'],
    [status.UNAUTHENTICATED, 'missing secret', 'gateway_refused', 'refused'],
    [status.INVALID_ARGUMENT, 'tenant_id is required', 'gateway_refused', 'refused'],
    [status.ALREADY_EXISTS, 'tenant "x" already exists', 'conflict', 'refused'],
    [status.UNAVAILABLE, 'session control not available', 'gateway_unavailable', 'unknown'],
    [status.INTERNAL, 'start session: anything', 'gateway_refused', 'refused'],
    [status.INTERNAL, 'start session: gateway: session already active for guild 1', 'guild_busy', 'refused'],
    [status.INTERNAL, sql('"unique_active_campaign" (SQLSTATE 23P01)'), 'campaign_busy', 'refused'],
    [status.INTERNAL, sql('"idx_one_active_session_per_guild" (SQLSTATE 23505)'), 'guild_busy', 'refused'],
    [status.INTERNAL, sql('"idx_one_active_session_shared" (SQLSTATE 23505)'), 'concurrent_limit', 'refused'],
    [status.INTERNAL, 'start session: gateway: voice permission check: no', 'channel_forbidden', 'refused'],
  ])('of status %i, "%s", is %s', async (code, detail, expected, outcome) => {
    const fake = await gateway({
      StartWebSession: () => {
        throw new Status(code, detail);
      },
    });
    const error = await failure(client(fake.address).startWebSession(start, { requestId: 'req-3' }));
    expect(error).toMatchObject({ code: expected, grpcCode: code, detail, outcome, requestId: 'req-3' });
    expect(error.message).not.toContain(detail);
    expect(error.cause).toMatchObject({ code });
  });

  test('is not_sent when nothing listens, and comes at once', async () => {
    const made = client(`127.0.0.1:${await closedPort()}`);
    const began = Date.now();
    expect(await failure(made.startWebSession(start))).toMatchObject({
      code: 'gateway_unavailable',
      outcome: 'not_sent',
    });
    expect(await failure(made.getTenant({ id: 'x' }))).toMatchObject({
      code: 'gateway_unavailable',
      outcome: 'not_sent',
    });
    expect(Date.now() - began).toBeLessThan(busyMs);
  });

  test('is not_sent soon when the server accepts and says nothing', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      mute.close();
      for (const socket of sockets) socket.destroy();
    });
    const made = client(`127.0.0.1:${(mute.address() as AddressInfo).port}`);
    const began = Date.now();
    const errors = await Promise.all([
      failure(made.startWebSession(start)),
      failure(made.getBotStatus({ tenantId: 't' })),
    ]);
    expect(Date.now() - began).toBeLessThan(busyMs);
    for (const error of errors) expect(error).toMatchObject({ code: 'gateway_unavailable', outcome: 'not_sent' });
  });

  test('is gateway_timeout when the deadline passes', async () => {
    const fake = await gateway({ StartWebSession: hang, GetTenant: hang });
    const made = client(fake.address);
    const errors = await Promise.all([
      failure(made.startWebSession(start, { deadlineMs: 1_500 })),
      failure(made.getTenant({ id: 'x' }, { deadlineMs: 1_500 })),
    ]);
    for (const error of errors) expect(error).toMatchObject({ code: 'gateway_timeout', outcome: 'unknown' });
    expect(fake.requests.map(({ name }) => name).sort()).toEqual(['GetTenant', 'StartWebSession']);
  });

  test('is gateway_refused and unknown when the answer is no message of the contract', async () => {
    const fake = await gateway({ GetTenant: () => Buffer.from([0xff, 0xff, 0xff]) });
    const error = await failure(client(fake.address).getTenant({ id: 'x' }));
    expect(error).toMatchObject({ code: 'gateway_refused', outcome: 'unknown' });
    expect(error.message).not.toMatch(/parsing|wire|index/i);
  });

  test('is unknown when the connection breaks after sending', async () => {
    const fake = await gateway({
      StartWebSession: () => {
        fake.stop();
        return hang();
      },
    });
    expect(await failure(client(fake.address).startWebSession(start))).toMatchObject({
      code: 'gateway_unavailable',
      outcome: 'unknown',
    });
  });

  test('is gateway_unavailable after close', async () => {
    const made = client('127.0.0.1:1');
    made.close();
    expect(await failure(made.listTenants({}))).toMatchObject({ code: 'gateway_unavailable', outcome: 'not_sent' });
  });
});

describe('retries', () => {
  const unavailableUntil = (good: number) => {
    let calls = 0;
    return () => {
      calls += 1;
      if (calls < good) throw new Status(status.UNAVAILABLE, 'not yet');
      return {};
    };
  };

  test('a read is tried three times', async () => {
    const fake = await gateway({ ListActiveSessions: unavailableUntil(3), GetBotStatus: unavailableUntil(4) });
    const made = client(fake.address);
    expect(await made.listActiveSessions({ tenantId: 't' })).toEqual({ sessions: [] });
    expect(await failure(made.getBotStatus({ tenantId: 't' }))).toMatchObject({ code: 'gateway_unavailable' });
    expect(fake.requests).toHaveLength(6);
  });

  test('a read is not tried again for any other error', async () => {
    const fake = await gateway({
      GetTenant: () => {
        throw new Status(status.NOT_FOUND, 'tenant "x" not found');
      },
    });
    expect(await failure(client(fake.address).getTenant({ id: 'x' }))).toMatchObject({ code: 'not_found' });
    expect(fake.requests).toHaveLength(1);
  });

  test('a change is sent once', async () => {
    const fake = await gateway({ StartWebSession: unavailableUntil(2), SpeakNPC: unavailableUntil(2) });
    const made = client(fake.address);
    expect((await failure(made.startWebSession(start))).code).toBe('gateway_unavailable');
    const speak = made.speakNPC({ sessionId: 's', npcName: 'Greta', text: 'Hello' });
    expect((await failure(speak)).code).toBe('gateway_unavailable');
    expect(fake.requests).toHaveLength(2);
  });
});

describe('a gateway that comes back', () => {
  test('is found by the next call', async () => {
    const first = await gateway({ ListTenants: () => ({ tenants: [] }) });
    const made = client(first.address);
    await made.listTenants({});
    first.stop();
    // The first of these may still find the old connection; the later ones find none.
    for (let call = 0; call < 3; call += 1) {
      expect((await failure(made.startWebSession(start))).code).toBe('gateway_unavailable');
    }
    const second = await gateway({ StartWebSession: () => ({ sessionId: 's-1' }) }, first.port);
    expect(await made.startWebSession(start)).toEqual({ sessionId: 's-1' });
    expect(second.requests).toHaveLength(1);
  });

  test('is found behind a connection that died in silence', async () => {
    const fake = await gateway({ ListTenants: () => ({ tenants: [] }), StartWebSession: () => ({ sessionId: 's-2' }) });
    const proxy = await startProxy(fake.port);
    closing.push(proxy.stop);
    const made = client(proxy.address);
    await made.listTenants({});
    proxy.freeze();
    expect((await failure(made.listTenants({}, { deadlineMs: 80 }))).code).toBe('gateway_timeout');
    expect(await made.startWebSession(start, { deadlineMs: 20_000 })).toEqual({ sessionId: 's-2' });
  });

  test('keeps the calls that run on the old connection when a read renews it', async () => {
    const answer = Promise.withResolvers<unknown>();
    const fake = await gateway({ GetTenant: hang, StopWebSession: () => answer.promise, ListTenants: () => ({}) });
    const made = client(fake.address);
    const stopping = made.stopWebSession({ sessionId: 's' });
    expect((await failure(made.getTenant({ id: 'x' }, { deadlineMs: 1_500 }))).code).toBe('gateway_timeout');
    expect(await made.listTenants({})).toEqual({ tenants: [] });
    answer.resolve({});
    expect(await stopping).toEqual({});
  });
});

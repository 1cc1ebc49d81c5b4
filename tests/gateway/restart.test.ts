// What concerns every caller at once, tried on a gateway of its own.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase } from '../lib/database.ts';
import { OwnGateway } from './own-gateway.ts';
import { refusal, Rpc } from './rpc.ts';
import {
  control,
  newestSession,
  newTable,
  sessionRow,
  startRequest,
  startSession,
  type Table,
  until,
} from './table.ts';

const unavailable = 14;

let gateway: OwnGateway;
let rpc: Rpc;
let table: Table;
beforeAll(async () => {
  const stackRpc = new Rpc();
  table = await newTable(stackRpc);
  stackRpc.close();
  gateway = await OwnGateway.prepare();
  await gateway.start();
  rpc = new Rpc(gateway.address);
});
afterAll(async () => {
  rpc.close();
  await gateway.end('SIGKILL');
  await closeDatabase();
});

const faults = (change: Record<string, unknown>) => control('POST', '/control/faults', change, gateway.controlUrl);
const botStatus = (through = rpc) => through.call('ManagementService/GetBotStatus', { tenantId: table.tenant });

/** Asks until the gateway answers again. */
async function reachable(): Promise<void> {
  await until(async () => botStatus().catch(() => undefined));
}

test('drop and answer_lost for everybody cut the connection', async () => {
  for (const next_start of ['drop', 'answer_lost']) {
    await faults({ next_start });
    const lost = await refusal(rpc.call('ManagementService/StartWebSession', startRequest(table)));
    expect(lost.code).toBe(unavailable);
    await reachable();
  }
  const { id, state } = await newestSession(table);
  expect(state).toBe('active');
  await rpc.call('ManagementService/StopWebSession', { sessionId: id });
});

test('unavailable closes the port until it is opened again', async () => {
  await reachable();
  await faults({ unavailable: true });
  expect((await refusal(botStatus())).code).toBe(unavailable);
  await faults({ unavailable: false });
  await reachable();
});

test('mute_connections accepts and says nothing', async () => {
  await faults({ mute_connections: true });
  const late = new Rpc(gateway.address);
  const asked = late.call('ManagementService/ListTenants', {}, { deadlineMs: 300 });
  expect((await refusal(asked)).code).toBe(4);
  late.close();
  await control('DELETE', '/control/faults', undefined, gateway.controlUrl);
  await reachable();
});

test('told to end, it ends its sessions first', async () => {
  const id = await startSession(rpc, table);
  await gateway.end('SIGTERM');
  expect(await sessionRow(id)).toMatchObject({ state: 'ended', error: '' });
  await gateway.start();
});

test('killed, it forgets its sessions: their rows live on until the sweep or a stop', async () => {
  await reachable();
  const id = await startSession(rpc, table);
  await gateway.end('SIGKILL');
  expect(await sessionRow(id)).toMatchObject({ state: 'active' });
  await gateway.start();
  await reachable();
  expect((await refusal(rpc.call('SessionWorkerService/ListNPCs', { sessionId: id }))).code).toBe(5);
  await rpc.call('ManagementService/StopWebSession', { sessionId: id });
  expect(await sessionRow(id)).toMatchObject({ state: 'ended', error: '' });
});

// The ways the simulator can be told to fail. What the product makes of them is tested in tests/sessions.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeDatabase } from '../lib/database.ts';
import { refusal, Rpc } from './rpc.ts';
import {
  control,
  endSessions,
  fault,
  newestSession,
  newTable,
  sessionRow,
  startRequest,
  startSession,
  type Table,
  until,
} from './table.ts';

let rpc: Rpc;
let table: Table;
beforeAll(async () => {
  rpc = new Rpc();
  table = await newTable(rpc);
});
afterEach(() => endSessions(rpc));
afterAll(async () => {
  rpc.close();
  await closeDatabase();
});

const code = { cancelled: 1, deadlineExceeded: 4, unimplemented: 12, internal: 13, unavailable: 14 } as const;
const start = (deadlineMs?: number) =>
  rpc.call('ManagementService/StartWebSession', startRequest(table), deadlineMs === undefined ? {} : { deadlineMs });
const stop = (sessionId: string, deadlineMs?: number) =>
  rpc.call('ManagementService/StopWebSession', { sessionId }, deadlineMs === undefined ? {} : { deadlineMs });

/** Ends what hangs, as the gateway's sweep would after three minutes. */
async function sweepPending(): Promise<void> {
  await control('POST', '/control/sweep', { tenant_id: table.tenant, pending_timeout_ms: 0 });
}

test('refuse: the row ends with the reason, the next start works', async () => {
  await fault(table, { next_start: 'refuse' });
  const refused = await refusal(start());
  expect(refused.code).toBe(code.internal);
  expect(refused.details).toMatch(/^start session: gateway: voice permission check: /);
  expect(await newestSession(table)).toMatchObject({ state: 'ended', error: expect.stringContaining('CONNECT') });
  await stop(await startSession(rpc, table));
});

test('hang: the caller gives up, the pending row stays until the sweep', async () => {
  await fault(table, { next_start: 'hang' });
  expect((await refusal(start(400))).code).toBe(code.deadlineExceeded);
  const row = await newestSession(table);
  expect(row.state).toBe('pending');
  await sweepPending();
  expect(await sessionRow(row.id)).toMatchObject({ state: 'ended', error: 'stale pending: dispatch timeout' });
  await stop(await startSession(rpc, table));
});

test('drop: nothing was started', async () => {
  await stop(await startSession(rpc, table));
  const before = await newestSession(table);
  await fault(table, { next_start: 'drop' });
  expect((await refusal(start())).code).toBe(code.unavailable);
  expect((await newestSession(table)).id).toBe(before.id);
});

test('answer_lost: the session runs although the call failed', async () => {
  await fault(table, { next_start: 'answer_lost' });
  expect((await refusal(start())).code).toBe(code.unavailable);
  const row = await newestSession(table);
  expect(row.state).toBe('active');
  await stop(row.id);
});

test('slow: pending meanwhile, then active', async () => {
  await fault(table, { next_start: 'slow:300' });
  const starting = startSession(rpc, table);
  await until(async () => ((await newestSession(table)).state === 'pending' ? true : undefined));
  const id = await starting;
  expect(await sessionRow(id)).toMatchObject({ state: 'active' });
  await stop(id);
});

test('stop refused or hanging: the session plays on', async () => {
  const id = await startSession(rpc, table);
  await fault(table, { stop: 'refuse' });
  expect((await refusal(stop(id))).code).toBe(code.internal);
  await fault(table, { stop: 'hang' });
  expect((await refusal(stop(id, 200))).code).toBe(code.deadlineExceeded);
  expect(await sessionRow(id)).toMatchObject({ state: 'active' });
  await fault(table, { stop: null });
  await stop(id);
});

test('unimplemented: one method, or all NPC commands, of this tenant only', async () => {
  const id = await startSession(rpc, table);
  const other = await newTable(rpc);
  const otherId = await startSession(rpc, other);
  const mute = (sessionId: string) => rpc.call('SessionWorkerService/MuteNPC', { sessionId, npcName: 'Greta' });
  await fault(table, { unimplemented: ['MuteNPC'] });
  expect((await refusal(mute(id))).code).toBe(code.unimplemented);
  await rpc.call('SessionWorkerService/ListNPCs', { sessionId: id });
  await mute(otherId);
  await fault(table, { unimplemented: ['SessionWorkerService'] });
  expect((await refusal(rpc.call('SessionWorkerService/ListNPCs', { sessionId: id }))).code).toBe(code.unimplemented);
  await control('DELETE', `/control/faults?tenant_id=${table.tenant}`);
  await mute(id);
  await Promise.all([stop(id), stop(otherId)]);
});

test('bad_proto: the answer is no message', async () => {
  await fault(table, { bad_proto: true });
  const refused = await refusal(rpc.call('ManagementService/GetBotStatus', { tenantId: table.tenant }));
  expect(refused.details).toMatch(/parsing error/);
  await fault(table, { bad_proto: false });
  await rpc.call('ManagementService/GetBotStatus', { tenantId: table.tenant });
});

test('a fault that does not exist is an error', async () => {
  await expect(fault(table, { nextstart: 'refuse' })).rejects.toThrow('has no field nextstart');
  await expect(fault(table, { next_start: 'explode' })).rejects.toThrow('next_start must be like');
});

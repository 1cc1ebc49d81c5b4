import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asRoot } from '../lib/database.ts';
import type { SignedIn } from '../lib/people.ts';
import { call, endAll, fault, newOwner, newTable, sessionsOf, start, type Table, until } from './table.ts';

interface NpcList {
  npcs: { name: string; muted: boolean }[];
}

let table: Table;
let mallory: SignedIn;
let session: string;

beforeAll(async () => {
  [table, mallory] = await Promise.all([newTable(), newOwner('mallory')]);
});
beforeEach(async () => {
  session = (await start(table)).session_id;
  await until(async () => (await sessionsOf(table)).some(({ id, state }) => id === session && state === 'active'));
});
afterEach(() => endAll(table));

/** Every route that names a session. */
const routes: [method: string, path: string, body?: unknown][] = [
  ['POST', 'stop'],
  ['GET', 'status'],
  ['GET', 'npcs'],
  ['POST', 'npcs/Greta/mute'],
  ['POST', 'npcs/Greta/unmute'],
  ['POST', 'npcs/Greta/speak', { text: 'Good evening.' }],
  ['POST', 'npcs/mute-all'],
  ['POST', 'npcs/unmute-all'],
];

async function refusalsOf(who: SignedIn | null, id: string, except: string[] = []) {
  const refusals: unknown[] = [];
  for (const [method, path, body] of routes.filter(([, path]) => !except.includes(path))) {
    const answer = await call(who, method, `/sessions/${id}/${path}`, body);
    refusals.push({ path, status: answer.status, code: answer.body.code });
  }
  return refusals;
}

function allRoutes(status: number, code: string, except: string[] = []) {
  return routes.filter(([, path]) => !except.includes(path)).map(([, path]) => ({ path, status, code }));
}

async function muted(): Promise<Record<string, boolean>> {
  const { body } = await call<NpcList>(table.bob, 'GET', `/sessions/${session}/npcs`);
  return Object.fromEntries(body.npcs.map((npc) => [npc.name, npc.muted]));
}

/** What the watchers of the session were told. */
async function announced(): Promise<unknown[]> {
  const rows = await asRoot<{ payload: Record<string, unknown> }>(
    `select payload - 'id' as payload from realtime.messages where topic = $1 and event = 'npc' order by inserted_at`,
    [`session:${session}`],
  );
  return rows.map(({ payload }) => payload);
}

describe('whose session it is', () => {
  test('for mallory every route is 404, and the session plays on', async () => {
    expect(await refusalsOf(mallory, session)).toEqual(allRoutes(404, 'not_found'));
    expect(await muted()).toEqual({ Brannor: false, Greta: false });
    expect((await sessionsOf(table)).at(-1)).toMatchObject({ id: session, state: 'active' });
  });

  test('a session that does not exist is the same 404', async () => {
    expect(await refusalsOf(table.alice, randomUUID())).toEqual(allRoutes(404, 'not_found'));
  });

  test('a viewer reads the status and controls nothing', async () => {
    expect(await refusalsOf(table.carol, session, ['status'])).toEqual(allRoutes(403, 'forbidden', ['status']));
    expect((await call(table.carol, 'GET', `/sessions/${session}/status`)).status).toBe(200);
    expect(await muted()).toEqual({ Brannor: false, Greta: false });
  });

  test('nobody gets nothing', async () => {
    expect(await refusalsOf(null, session)).toEqual(allRoutes(401, 'signed_out'));
  });
});

test('status tells the row and what the voice service says', async () => {
  const { body } = await call(table.bob, 'GET', `/sessions/${session}/status`);
  expect(body).toMatchObject({
    session: { id: session, state: 'active', campaign_id: table.campaign, is_lost: false },
    gateway: { reachable: true, active: true },
  });
});

test('stop is accepted, and done when the row says ended', async () => {
  const { status, body } = await call(table.bob, 'POST', `/sessions/${session}/stop`);
  expect(status).toBe(202);
  expect(body).toEqual({ session_id: session, state: 'ending' });
  await until(async () => (await sessionsOf(table)).at(-1)?.state === 'ended');
  const again = await call(table.bob, 'POST', `/sessions/${session}/stop`);
  expect({ status: again.status, code: again.body.code }).toEqual({ status: 409, code: 'session_ended' });
});

test('a stop that is refused is an error, and the session plays on', async () => {
  await fault(table, { stop: 'refuse' });
  const { status, body, text } = await call(table.bob, 'POST', `/sessions/${session}/stop`);
  expect({ status, code: body.code }).toEqual({ status: 502, code: 'gateway_refused' });
  expect(text).not.toContain('worker did not stop');
  expect((await sessionsOf(table)).at(-1)).toMatchObject({ id: session, state: 'active' });
});

test('a stop that hangs is told soon, and not as done', async () => {
  await fault(table, { stop: 'hang' });
  const started = performance.now();
  const { status, body } = await call(table.bob, 'POST', `/sessions/${session}/stop`);
  // Three seconds where nothing else runs.
  expect(performance.now() - started).toBeLessThan(15_000);
  expect({ status, body }).toEqual({ status: 202, body: { session_id: session, state: 'ending' } });
  expect((await sessionsOf(table)).at(-1)).toMatchObject({ state: 'active' });
});

describe('NPCs', () => {
  test('are muted and unmuted one by one', async () => {
    const mute = await call(table.bob, 'POST', `/sessions/${session}/npcs/Greta/mute`);
    expect({ status: mute.status, body: mute.body }).toEqual({ status: 200, body: { npc: 'Greta', muted: true } });
    expect(await muted()).toEqual({ Brannor: false, Greta: true });
    expect(await announced()).toEqual([{ npc: 'Greta', muted: true, by: 'bob' }]);
    const unmute = await call(table.bob, 'POST', `/sessions/${session}/npcs/Greta/unmute`);
    expect(unmute.body).toEqual({ npc: 'Greta', muted: false });
    expect(await muted()).toEqual({ Brannor: false, Greta: false });
  });

  test('are muted and unmuted all at once, and counted', async () => {
    expect((await call(table.bob, 'POST', `/sessions/${session}/npcs/mute-all`)).body).toEqual({ count: 2 });
    expect(await muted()).toEqual({ Brannor: true, Greta: true });
    expect(await announced()).toEqual([{ npc: null, muted: true, by: 'bob' }]);
    expect((await call(table.bob, 'POST', `/sessions/${session}/npcs/unmute-all`)).body).toEqual({ count: 2 });
    expect(await muted()).toEqual({ Brannor: false, Greta: false });
  });

  test('who does not play is 404', async () => {
    const { status, body } = await call(
      table.bob,
      'POST',
      `/sessions/${session}/npcs/${encodeURIComponent('Nobody / here')}/mute`,
    );
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' });
  });

  test('say what they are told: it is in the transcript', async () => {
    const said = `The silver mine is closed, ${randomUUID()}.`;
    const { status, body } = await call(table.bob, 'POST', `/sessions/${session}/npcs/Greta/speak`, { text: said });
    expect({ status, body }).toEqual({ status: 202, body: { npc: 'Greta' } });
    await until(async () => {
      const { data } = await table.bob.client.rpc('session_transcript', { session });
      return (data as { text: string }[]).some(({ text }) => text === said);
    });
  });

  test.each([
    ['', 422],
    ['   ', 422],
    ['x'.repeat(501), 422],
    ['x'.repeat(500), 202],
  ])('a text of %#: %i', async (text, status) => {
    const answer = await call(table.bob, 'POST', `/sessions/${session}/npcs/Greta/speak`, { text });
    expect(answer.status).toBe(status);
    if (status === 422) expect(answer.body).toMatchObject({ code: 'validation', field: 'text' });
  });

  test('a voice service that cannot do it says so: 501', async () => {
    await fault(table, { unimplemented: ['SessionWorkerService'] });
    const npcRoutes = routes.filter(([, path]) => path.startsWith('npcs'));
    for (const [method, path, body] of npcRoutes) {
      const answer = await call(table.bob, method, `/sessions/${session}/${path}`, body);
      expect({ path, status: answer.status, code: answer.body.code }).toEqual({
        path,
        status: 501,
        code: 'gateway_unsupported',
      });
    }
  });
});

import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { asRoot, connectAs } from '../lib/database.ts';
import {
  call,
  endAll,
  fault,
  newOwner,
  requestRow,
  sessionsOf,
  start,
  type Started,
  startInput,
  type Table,
  newTable,
  until,
} from './table.ts';

/** A person waits for three seconds at most where nothing else runs; a call that hangs would take more than a minute. */
const answerMs = 15_000;

let table: Table;

beforeAll(async () => {
  table = await newTable();
});
afterEach(() => endAll(table));

function requestsWithKey(key: string): Promise<Record<string, unknown>[]> {
  return asRoot('select id from mgmt.session_requests where idempotency_key = $1', [key]);
}

async function timed<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const started = performance.now();
  const result = await work;
  return { result, ms: performance.now() - started };
}

test('a dm starts a session: 201, one row on air, the request accepted', async () => {
  const { result, ms } = await timed(call<Started>(table.bob, 'POST', '/sessions/start', startInput(table)));
  expect(result.status).toBe(201);
  expect(ms).toBeLessThan(answerMs);
  const { request_id, session_id } = result.body;
  expect(await requestRow(request_id)).toMatchObject({ state: 'accepted', session_id });
  await until(async () => (await sessionsOf(table)).some(({ id, state }) => id === session_id && state === 'active'));
});

describe('the same key', () => {
  test('pressed twice at once is one request and one session', async () => {
    await fault(table, { next_start: 'slow:300' });
    const input = startInput(table);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => call<Started>(table.alice, 'POST', '/sessions/start', input)),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.session_id)).size).toBe(1);
    expect(new Set(answers.map(({ body }) => body.request_id)).size).toBe(1);
    expect(await sessionsOf(table).then((rows) => rows.filter(({ state }) => state !== 'ended'))).toHaveLength(1);
  });

  test('pressed again later finds the first', async () => {
    const input = startInput(table);
    const first = await call<Started>(table.alice, 'POST', '/sessions/start', input);
    const second = await call<Started>(table.alice, 'POST', '/sessions/start', input);
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
  });
});

test('refused by the voice service: its reason, within three seconds', async () => {
  await fault(table, { next_start: 'refuse' });
  const { result, ms } = await timed(call(table.alice, 'POST', '/sessions/start', startInput(table)));
  expect(ms).toBeLessThan(answerMs);
  expect(result.status).toBe(409);
  expect(result.body).toMatchObject({ code: 'channel_forbidden', request_id: expect.any(String) });
  expect(result.text).not.toContain('gateway:');
  expect((await sessionsOf(table)).at(-1)).toMatchObject({ state: 'ended' });
});

test('a voice service that hangs after its row: the session, pending, within three seconds', async () => {
  // Of its own: the gateway holds the server for two minutes.
  const hanging = await newTable();
  await fault(hanging, { next_start: 'hang' });
  const { result, ms } = await timed(call<Started>(hanging.alice, 'POST', '/sessions/start', startInput(hanging)));
  expect(ms).toBeLessThan(answerMs);
  expect(result.status).toBe(201);
  expect(await sessionsOf(hanging)).toEqual([
    expect.objectContaining({ id: result.body.session_id, state: 'pending' }),
  ]);
});

test('one that hangs before its row: 202 within three seconds, settled when it goes on', async () => {
  // The gate locks the subscription inside the gateway's insert; whoever holds it makes the gateway wait.
  const holder = await connectAs('DATABASE_URL');
  try {
    await holder.query('begin');
    await holder.query('select from mgmt.subscriptions where tenant_id = $1 for update', [table.tenant]);
    const { result, ms } = await timed(call<Started>(table.alice, 'POST', '/sessions/start', startInput(table)));
    expect(ms).toBeLessThan(answerMs);
    expect(result.status).toBe(202);
    expect(result.body.session_id).toBeUndefined();
    expect(await requestRow(result.body.request_id)).toMatchObject({ state: 'asked' });
    await holder.query('rollback');
    await until(async () => (await requestRow(result.body.request_id)).state === 'accepted');
    const { session_id } = await requestRow(result.body.request_id);
    expect((await sessionsOf(table)).filter(({ state }) => state !== 'ended').map(({ id }) => id)).toEqual([
      session_id,
    ]);
  } finally {
    await holder.end();
  }
});

test('a lost answer ends in exactly one session and an accepted request', async () => {
  await fault(table, { next_start: 'answer_lost' });
  const { result, ms } = await timed(call<Started>(table.alice, 'POST', '/sessions/start', startInput(table)));
  expect(ms).toBeLessThan(answerMs);
  expect(result.status).toBe(201);
  const running = (await sessionsOf(table)).filter(({ state }) => state !== 'ended');
  expect(running.map(({ id }) => id)).toEqual([result.body.session_id]);
  expect(await requestRow(result.body.request_id)).toMatchObject({ state: 'accepted' });
});

test('a call that never arrived is looked for, then failed, and leaves nothing', async () => {
  await fault(table, { next_start: 'drop' });
  const before = (await sessionsOf(table)).length;
  const { result, ms } = await timed(call<Started>(table.alice, 'POST', '/sessions/start', startInput(table)));
  expect(ms).toBeLessThan(answerMs);
  expect(result.status).toBe(202);
  await until(async () => (await requestRow(result.body.request_id)).state === 'failed');
  expect(await requestRow(result.body.request_id)).toMatchObject({
    error_code: 'gateway_unavailable',
    session_id: null,
  });
  expect(await sessionsOf(table)).toHaveLength(before);
});

test('an answer that is no message of the contract: 502, nothing started', async () => {
  await fault(table, { bad_proto: true });
  const before = (await sessionsOf(table)).length;
  const { status, body, text } = await call(table.alice, 'POST', '/sessions/start', startInput(table));
  expect(status).toBe(502);
  expect(body).toMatchObject({ code: 'gateway_refused' });
  expect(text).not.toMatch(/deserializ|stack|at file/i);
  expect(await sessionsOf(table)).toHaveLength(before);
});

test('a refusal of our gate inside the insert comes back with its own code', async () => {
  // Between the check and the insert the plan runs out: the insert stays the judge.
  const holder = await connectAs('DATABASE_URL');
  try {
    await holder.query('begin');
    await holder.query(`update mgmt.subscriptions set status = 'suspended' where tenant_id = $1`, [table.tenant]);
    const input = startInput(table);
    const answered = call(table.alice, 'POST', '/sessions/start', input);
    await until(async () => (await requestsWithKey(input.idempotency_key)).length > 0);
    await holder.query('commit');
    const { status, body, text } = await answered;
    expect({ status, code: body.code }).toEqual({ status: 402, code: 'subscription_suspended' });
    expect(text).not.toContain('SQLSTATE');
    expect((await sessionsOf(table)).every(({ state }) => state === 'ended')).toBe(true);
  } finally {
    await holder.end();
    await asRoot(`update mgmt.subscriptions set status = 'active' where tenant_id = $1`, [table.tenant]);
  }
});

test('a second start while one is on air is refused before the gateway is asked', async () => {
  await start(table);
  const { status, body } = await call(table.alice, 'POST', '/sessions/start', startInput(table));
  expect({ status, code: body.code }).toEqual({ status: 409, code: 'campaign_busy' });
});

describe('who may not', () => {
  test('nobody, and a viewer', async () => {
    const input = startInput(table);
    const nobody = await call(null, 'POST', '/sessions/start', input);
    expect({ status: nobody.status, code: nobody.body.code }).toEqual({ status: 401, code: 'signed_out' });
    const viewer = await call(table.carol, 'POST', '/sessions/start', input);
    expect({ status: viewer.status, code: viewer.body.code }).toEqual({ status: 403, code: 'forbidden' });
    expect(await requestsWithKey(input.idempotency_key)).toEqual([]);
  });

  test('mallory with the ids of this table', async () => {
    const mallory = await newOwner('mallory');
    const { status, body } = await call(mallory, 'POST', '/sessions/start', startInput(table));
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' });
    expect((await sessionsOf(table)).every(({ state }) => state === 'ended')).toBe(true);
  });
});

test.each([
  ['idempotency_key', { idempotency_key: 'again' }, 422, 'validation'],
  ['campaign_id', { campaign_id: '' }, 422, 'validation'],
  ['campaign_id', { campaign_id: 7 }, 422, 'validation'],
  ['guild_id', { guild_id: undefined }, 422, 'validation'],
  ['guild_id', { guild_id: '12' }, 422, 'bad_snowflake'],
  ['channel_id', { channel_id: 'tavern' }, 422, 'bad_snowflake'],
  ['guild', { guild_id: '100000000000000001' }, 409, 'guild_unknown'],
  ['campaign', { campaign_id: randomUUID() }, 404, 'not_found'],
])('a wrong %s: %j', async (field, fields, status, code) => {
  const answer = await call<{ code: string; message: string; field?: string }>(
    table.alice,
    'POST',
    '/sessions/start',
    startInput(table, fields),
  );
  expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
  if (code === 'validation') expect(answer.body).toMatchObject({ field, message: expect.stringContaining(field) });
});

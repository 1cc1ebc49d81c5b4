import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { stack } from '../lib/environment.ts';
import { Scratch, tokenFor, versions, websocketUrl } from './lib.ts';

const scratch = new Scratch();
let alice: string;
let token: string;

beforeAll(async () => {
  await scratch.create();
  alice = await scratch.member();
  token = await tokenFor(alice);
});
afterAll(() => scratch.drop());

function refusedWith(address: URL): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(address);
    ws.once('open', () => reject(new Error('the handshake was accepted')));
    ws.once('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    ws.on('error', () => undefined);
  });
}

describe('handshake', () => {
  test('without a key, with an unknown or a forged one: 401', async () => {
    const forged = await tokenFor(alice, { secret: 'another secret, also thirty-two bytes long' });
    for (const key of [null, 'sb_publishable_unknown', 'nonsense', forged]) {
      expect(await refusedWith(websocketUrl('2.0.0', key))).toMatchObject({ status: 401 });
    }
  });

  test('an unknown path is 404, never a socket', async () => {
    const address = websocketUrl('2.0.0', stack.publishableKey);
    address.pathname = '/realtime/v1/other';
    expect(await refusedWith(address)).toMatchObject({ status: 404 });
  });
});

describe.each(versions)('vsn %s', (version) => {
  const topic = () => scratch.topic;
  const wire = () => `realtime:${scratch.topic}`;

  test('a heartbeat is answered', async () => {
    const socket = await scratch.socket(version);
    socket.send(null, '5', 'phoenix', 'heartbeat');
    expect(await socket.reply('5')).toMatchObject({ topic: 'phoenix', payload: { status: 'ok', response: {} } });
  });

  test('join, leave: answered, then closed, with the reference of the join', async () => {
    const socket = await scratch.socket(version);
    expect(await socket.join('1', topic(), token)).toMatchObject({
      topic: wire(),
      payload: { status: 'ok', response: { postgres_changes: [] } },
    });
    socket.send('1', '2', wire(), 'phx_leave');
    expect((await socket.reply('2')).payload).toEqual({ status: 'ok', response: {} });
    const closed = await socket.frame('phx_close', (frame) => frame.event === 'phx_close');
    expect(closed).toMatchObject({ ref: '1', topic: wire(), payload: {} });
    socket.send('1', '3', wire(), 'broadcast', { type: 'broadcast', event: 'e', payload: {} });
    expect((await socket.reply('3')).payload).toEqual({ status: 'error', response: { reason: 'unmatched topic' } });
  });

  test('a second join of a topic closes the first', async () => {
    const socket = await scratch.socket(version);
    await socket.join('1', topic(), token);
    expect((await socket.join('2', topic(), token)).payload.status).toBe('ok');
    const closed = socket.frames.filter((frame) => frame.event === 'phx_close');
    expect(closed).toMatchObject([{ ref: '1', topic: wire() }]);
    await scratch.db.query('select realtime.send($1, $2, $3)', ['{"n":1}', 'once', topic()]);
    socket.send('2', '3', wire(), 'phx_leave');
    await socket.reply('3');
    expect(socket.frames.filter((frame) => frame.event === 'phx_close')).toHaveLength(2);
  });

  test('a leave that names an older join does not close the newer', async () => {
    const socket = await scratch.socket(version);
    await socket.join('1', topic(), token);
    await socket.join('2', topic(), token);
    socket.send('1', '3', wire(), 'phx_leave');
    socket.send('2', '4', wire(), 'presence', { type: 'presence', event: 'untrack' });
    expect((await socket.reply('4')).payload.status).toBe('ok');
  });

  test('a public channel and one without a name are refused', async () => {
    const socket = await scratch.socket(version);
    const open = await socket.join('1', topic(), token, { private: false });
    expect(open.payload).toEqual({
      status: 'error',
      response: { reason: 'PrivateOnly: This project only allows private channels' },
    });
    expect((await socket.join('2', '', token)).payload.response).toEqual({
      reason: 'TopicNameRequired: You must provide a topic name',
    });
  });

  test('a topic outside of realtime: is unmatched', async () => {
    const socket = await scratch.socket(version);
    socket.send('1', '1', 'other:topic', 'phx_join');
    expect((await socket.reply('1')).payload.response).toEqual({ reason: 'unmatched topic' });
  });

  test('garbage is dropped and the connection lives on', async () => {
    const socket = await scratch.socket(version);
    for (const garbage of ['', '{', '[]', 'null', '{"topic":1}', '["1","2",{},"x",{}]']) socket.raw(garbage);
    socket.raw(Uint8Array.of(3, 255, 255, 255, 255, 255, 1, 0));
    socket.raw(Uint8Array.of(7));
    socket.send(null, '9', 'phoenix', 'heartbeat');
    expect((await socket.reply('9')).payload.status).toBe('ok');
  });

  test('postgres_changes: joined, with an error that says what to use instead', async () => {
    const socket = await scratch.socket(version);
    const change = { event: '*', schema: 'public', table: 'tenants' };
    const joined = await socket.join('1', topic(), token, { postgres_changes: [change] });
    expect(joined.payload).toMatchObject({
      status: 'ok',
      response: { postgres_changes: [{ ...change, id: expect.any(Number) }] },
    });
    const system = await socket.frame('system message', (frame) => frame.event === 'system');
    expect(system.payload).toMatchObject({
      extension: 'postgres_changes',
      status: 'error',
      channel: topic(),
      message: expect.stringMatching(/^RealtimeDisabledForConfiguration: .*realtime\.broadcast_changes/),
    });
  });

  test('more than a hundred channels on one connection are refused', async () => {
    const socket = await scratch.socket(version);
    const topics = Array.from({ length: 101 }, (_, index) => `${topic()}:${index}`);
    for (const name of topics) await scratch.allow(alice, 'receive', 'broadcast', name).catch(() => undefined);
    const replies = await Promise.all(topics.map((name, index) => socket.join(`j${index}`, name, token)));
    const refused = replies.filter((reply) => reply.payload.status === 'error');
    expect(refused.map((reply) => reply.payload.response)).toEqual([
      { reason: 'ChannelRateLimitReached: Too many channels' },
    ]);
  });
});

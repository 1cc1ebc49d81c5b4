import { EventEmitter } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { Hub } from './hub.ts';
import { RateCounter, defaultLimits } from './limits.ts';
import type { Services } from './services.ts';
import { Socket } from './socket.ts';
import { patience } from '../../tests/lib/patience.ts';

/** The far end of a connection: what the server did to it. */
class FakeWebSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  sent: Buffer[] = [];
  closedWith: number | null = null;
  terminated = false;

  send(data: Buffer): void {
    this.sent.push(data);
  }

  close(code: number): void {
    this.closedWith = code;
  }

  terminate(): void {
    this.terminated = true;
    this.readyState = 3;
    this.emit('close');
  }

  frames(): [string | null, string | null, string, string, Record<string, unknown>][] {
    return this.sent
      .filter((data) => data[0] === '['.charCodeAt(0))
      .map((data) => JSON.parse(data.toString()) as never);
  }

  events(): string[] {
    return this.frames().map((frame) => frame[3]);
  }
}

/** A server where everybody may do everything, with the real hub and limits. */
function server(limits: Partial<typeof defaultLimits> = {}) {
  const allowed = { broadcast: true, presence: true };
  const hub = new Hub();
  const services = {
    hub,
    limits: { ...defaultLimits, ...limits },
    presenceEvents: new RateCounter(limits.presenceEventsPerSecond ?? defaultLimits.presenceEventsPerSecond),
    authorization: { read: async () => [allowed], write: async () => allowed },
    replication: { streaming: true, ready: async () => true },
    tokens: { verify: async () => ({ role: 'authenticated', exp: Date.now() / 1000 + 60 }) },
  } as unknown as Services;
  const connect = () => {
    const ws = new FakeWebSocket();
    const socket = new Socket(services, ws as unknown as WebSocket, { version: '2.0.0', token: 't', headers: {} });
    const send = (...frame: unknown[]) => ws.emit('message', Buffer.from(JSON.stringify(frame)), false);
    const join = async (ref = '1') => {
      const config = { private: true, presence: { enabled: true, key: 'me' } };
      send(ref, ref, 'realtime:room', 'phx_join', { config });
      await vi.waitFor(() => expect(ws.events()).toContain('presence_state'), patience);
    };
    return { ws, socket, send, join };
  };
  return { hub, connect };
}

const message = { event: 'line', encoding: 'json', body: Buffer.from('{}'), meta: { id: 'x' } } as const;

afterEach(() => vi.useRealTimers());

test('a message is encoded once, whoever many listen', async () => {
  const { hub, connect } = server();
  const [one, two] = [connect(), connect()];
  await one.join();
  await two.join();
  hub.broadcast('room', message);
  expect(one.ws.sent.at(-1)).toBe(two.ws.sent.at(-1));
});

test('a reader that does not keep up is cut off, and its channels are gone', async () => {
  const { hub, connect } = server({ bufferedBytes: 1000 });
  const { ws, socket, join } = connect();
  await join();
  ws.bufferedAmount = 1001;
  const before = ws.sent.length;
  hub.broadcast('room', message);
  expect(ws.sent).toHaveLength(before);
  expect(ws.terminated).toBe(true);
  expect([socket.channels.size, hub.topics.size]).toEqual([0, 0]);
});

test('a silent connection is closed, and one on which nothing is joined', () => {
  const { connect } = server();
  const [silent, empty] = [connect(), connect()];
  silent.socket.checkIdle(Date.now() + 59_000);
  expect(silent.ws.closedWith).toBeNull();
  silent.socket.checkIdle(Date.now() + 61_000);
  expect(silent.ws.closedWith).toBe(1000);
  vi.useFakeTimers({ now: Date.now() + 601_000 });
  empty.send(null, '1', 'phoenix', 'heartbeat', {});
  empty.socket.checkIdle();
  expect(empty.ws.closedWith).toBe(1000);
});

test('a break in the stream fails every channel, so that its client joins again', async () => {
  const { hub, connect } = server();
  const { ws, join } = connect();
  await join();
  hub.failAll();
  expect(ws.frames().at(-1)).toEqual(['1', '1', 'realtime:room', 'phx_error', {}]);
  expect(hub.topics.size).toBe(0);
});

test('too many events shut the channel down with the reason', async () => {
  const { connect } = server({ eventsPerSecond: 1 });
  const { ws, send, join } = connect();
  await join();
  for (let n = 0; n < 10; n++) send('1', null, 'realtime:room', 'broadcast', { event: 'e', payload: {} });
  await vi.waitFor(() => expect(ws.events().slice(-2)).toEqual(['system', 'phx_close']), patience);
  expect(ws.frames().at(-2)?.[4]).toMatchObject({ status: 'error', message: 'Too many messages per second' });
});

test('too many presence calls shut the channel down with the reason', async () => {
  const { ws, send, join } = server().connect();
  await join();
  for (let n = 0; n < 6; n++) {
    send('1', `p${n}`, 'realtime:room', 'presence', { type: 'presence', event: 'track', payload: { n } });
  }
  await vi.waitFor(() => expect(ws.events().slice(-2)).toEqual(['system', 'phx_close']), patience);
  expect(ws.frames().at(-2)?.[4]).toMatchObject({ message: 'Client presence rate limit exceeded' });
  expect(ws.events().filter((event) => event === 'phx_reply')).toHaveLength(6);
});

test('too many joins are refused and end the connection', async () => {
  const { ws, send } = server({ joinsPerSecond: 0.2 }).connect();
  for (const ref of ['1', '2', '3']) send(ref, ref, `realtime:${ref}`, 'phx_join', { config: { private: true } });
  await vi.waitFor(() => expect(ws.frames()).toHaveLength(3), patience);
  const refused = ws.frames().find((frame) => frame[1] === '3');
  expect(refused?.[4]).toEqual({
    status: 'error',
    response: { reason: 'ClientJoinRateLimitReached: Too many joins per second' },
  });
  expect(ws.closedWith).toBe(1008);
});

test('a connection that ends while its join is asked leaves no channel', async () => {
  const { hub, connect } = server();
  const { ws, send, socket } = connect();
  send('1', '1', 'realtime:room', 'phx_join', { config: { private: true } });
  ws.terminate();
  await vi.waitFor(() => expect(socket.joining).toBe(0), patience);
  expect(hub.topics.size).toBe(0);
});

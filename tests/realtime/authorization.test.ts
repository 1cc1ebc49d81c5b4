import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stack } from '../lib/environment.ts';
import { patience } from '../lib/patience.ts';
import { Scratch, subscribe, tokenFor, until } from './lib.ts';

const scratch = new Scratch();
beforeAll(() => scratch.create());
afterAll(() => scratch.drop());

const refused = (topic: string) =>
  `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`;

test('a member joins; a stranger, a foreign topic and anon are refused alike', async () => {
  const [alice, mallory] = [await scratch.member(), randomUUID()];
  const socket = await scratch.socket();
  expect((await socket.join('1', scratch.topic, await tokenFor(alice))).payload.status).toBe('ok');
  const foreign = 'test:does-not-exist';
  const replies = [
    await socket.join('2', scratch.topic, await tokenFor(mallory)),
    await socket.join('3', foreign, await tokenFor(alice)),
    await socket.join('4', scratch.topic, undefined),
    await socket.join('5', scratch.topic, stack.publishableKey),
  ];
  expect(replies.map((reply) => reply.payload.response)).toEqual([
    { reason: refused(scratch.topic) },
    { reason: refused(foreign) },
    { reason: refused(scratch.topic) },
    { reason: refused(scratch.topic) },
  ]);
});

test('a token that is forged, expired, malformed or without role is refused with the reason', async () => {
  const alice = await scratch.member();
  const socket = await scratch.socket();
  const expired = await tokenFor(alice, { expiresIn: -30 });
  const forged = await tokenFor(alice, { secret: 'another secret, also thirty-two bytes long' });
  const reasons: unknown[] = [];
  for (const token of [expired, forged, 'a.b.c', `${forged}x`]) {
    reasons.push((await socket.join(randomUUID(), scratch.topic, token)).payload.response);
  }
  expect(reasons).toEqual([
    { reason: expect.stringMatching(/^InvalidJWTToken: Token has expired 3\d seconds ago$/) },
    { reason: 'JwtSignatureError: Failed to validate JWT signature' },
    { reason: 'MalformedJWT: The token provided is not a valid JWT' },
    { reason: 'JwtSignatureError: Failed to validate JWT signature' },
  ]);
});

test('a role that is none of the API roles opens nothing, even the owner of the table', async () => {
  const key = new TextEncoder().encode(stack.jwtSecret);
  const socket = await scratch.socket();
  for (const role of ['supabase_realtime_admin', 'postgres', 'supabase_admin', 'nobody', "'; drop schema public"]) {
    const jwt = new SignJWT({ role, sub: randomUUID() }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1m');
    const reply = await socket.join(randomUUID(), scratch.topic, await jwt.sign(key));
    expect(reply.payload.response).toEqual({ reason: refused(scratch.topic) });
  }
});

test('the secret key opens every topic', async () => {
  const socket = await scratch.socket();
  // An sb_ key in the join stands for the key of the connection: here the publishable one.
  expect((await socket.join('1', scratch.topic, stack.secretKey)).payload.status).toBe('error');
  const service = createClient(stack.url, stack.secretKey, { auth: { persistSession: false } });
  const channel = service.channel('test:any', { config: { private: true } });
  expect(await subscribe(channel)).toEqual({ status: 'SUBSCRIBED', reason: undefined });
  await service.removeAllChannels();
});

test('who may receive but not send is heard by nobody, and gets no answer', async () => {
  const [alice, carol] = [await scratch.member(), randomUUID()];
  await scratch.allow(carol, 'receive', 'broadcast');
  const heard: string[] = [];
  const listener = (await scratch.client(alice)).channel(scratch.topic, { config: { private: true } });
  listener.on('broadcast', { event: '*' }, ({ event }) => heard.push(event));
  await subscribe(listener);
  const socket = await scratch.socket();
  const wire = `realtime:${scratch.topic}`;
  await socket.join('1', scratch.topic, await tokenFor(carol), { broadcast: { ack: true } });
  socket.send('1', '2', wire, 'broadcast', { type: 'broadcast', event: 'forbidden', payload: {} });
  socket.send('1', '3', wire, 'presence', { type: 'presence', event: 'track', payload: {} });
  expect((await socket.reply('3')).payload).toEqual({ status: 'error', response: {} });
  await scratch.db.query('select realtime.send($1, $2, $3)', ['{}', 'allowed', scratch.topic]);
  await until('the allowed message', () => heard.includes('allowed'));
  expect(heard).toEqual(['allowed']);
  expect(socket.frames.some((frame) => frame.ref === '2')).toBe(false);
});

test.each(['broadcast', 'presence'] as const)(
  'who may receive only %s gets nothing of the other',
  async (extension) => {
    const topic = `${scratch.topic}:${extension}`;
    const [alice, carol] = [await scratch.member(topic), randomUUID()];
    await scratch.allow(carol, 'receive', extension, topic);
    const [all, some] = [await scratch.socket('1.0.0'), await scratch.socket('1.0.0')];
    const config = { presence: { enabled: true } };
    expect((await all.join('1', topic, await tokenFor(alice), config)).payload.status).toBe('ok');
    expect((await some.join('1', topic, await tokenFor(carol), config)).payload.status).toBe('ok');
    all.send('1', '2', `realtime:${topic}`, 'presence', { type: 'presence', event: 'track', payload: {} });
    await scratch.db.query('select realtime.send($1, $2, $3)', ['{}', 'line', topic]);
    for (const event of ['presence_diff', 'broadcast']) await all.frame(event, (frame) => frame.event === event);
    // What was sent to the one was sent to the other in the same turn, before this answer.
    some.send(null, '3', 'phoenix', 'heartbeat');
    await some.reply('3');
    expect(some.frames.map(({ event }) => event).filter((event) => event !== 'phx_reply')).toEqual(
      extension === 'broadcast' ? ['broadcast'] : ['presence_state', 'presence_diff'],
    );
  },
);

test('a member who is removed loses the open channel within seconds, the others keep it', async () => {
  const [alice, bob] = [await scratch.member(), await scratch.member()];
  const [one, two] = [await scratch.socket(), await scratch.socket('1.0.0')];
  await one.join('1', scratch.topic, await tokenFor(alice));
  await two.join('1', scratch.topic, await tokenFor(bob));
  await scratch.remove(bob);
  const system = await two.frame('system message', (frame) => frame.event === 'system');
  expect(system.payload).toEqual({
    extension: 'system',
    status: 'error',
    message: `You no longer have permission to read from this Channel topic: ${scratch.topic}`,
    channel: scratch.topic,
  });
  await two.frame('phx_close', (frame) => frame.event === 'phx_close' && frame.ref === '1');
  expect(one.frames.filter((frame) => frame.event !== 'phx_reply')).toEqual([]);
});

test('a right to send that is gone is noticed within seconds, and one that is given too', async () => {
  const [alice, bob] = [await scratch.member(), await scratch.member()];
  const heard: unknown[] = [];
  const listener = (await scratch.client(alice)).channel(scratch.topic, { config: { private: true } });
  listener.on('broadcast', { event: 'e' }, ({ payload }) => heard.push(payload.n));
  await subscribe(listener);
  const config = { private: true, broadcast: { ack: true } };
  const sender = (await scratch.client(bob)).channel(scratch.topic, { config });
  await subscribe(sender);
  const send = (n: number, timeout: number) =>
    sender.send({ type: 'broadcast', event: 'e', payload: { n } }, { timeout });
  expect(await send(1, patience.timeout)).toBe('ok');
  await scratch.remove(bob, 'send');
  await until('no answer', async () => (await send(2, 1_000)) === 'timed out', { everyMs: 100 });
  await scratch.allow(bob, 'send', 'broadcast');
  await until('an answer again', async () => (await send(3, 5_000)) === 'ok', { everyMs: 100 });
  await until('the last message', () => heard.includes(3));
});

test('a refreshed token keeps the channel; one of someone without the right, forged or expired closes it', async () => {
  const [alice, mallory] = [await scratch.member(), randomUUID()];
  const cases = [
    [await tokenFor(mallory), `You do not have permissions to read from this Channel topic: ${scratch.topic}`],
    [
      await tokenFor(alice, { secret: 'another secret, also thirty-two bytes long' }),
      expect.stringContaining('signature'),
    ],
    [await tokenFor(alice, { expiresIn: -60 }), expect.stringMatching(/^Token has expired \d+ seconds ago$/)],
    ['nonsense', 'The token provided is not a valid JWT'],
  ] as const;
  for (const [token, message] of cases) {
    const socket = await scratch.socket();
    const wire = `realtime:${scratch.topic}`;
    await socket.join('1', scratch.topic, await tokenFor(alice));
    for (const harmless of [await tokenFor(alice), stack.publishableKey, null]) {
      socket.send('1', null, wire, 'access_token', { access_token: harmless });
    }
    socket.send('1', '2', wire, 'presence', { type: 'presence', event: 'untrack' });
    expect((await socket.reply('2')).payload.status).toBe('ok');
    socket.send('1', null, wire, 'access_token', { access_token: token });
    const system = await socket.frame('system message', (frame) => frame.event === 'system');
    expect(system.payload).toMatchObject({ extension: 'system', status: 'error', message });
    await socket.frame('phx_close', (frame) => frame.event === 'phx_close');
  }
});

test('a channel ends when its token does', async () => {
  const alice = await scratch.member();
  const socket = await scratch.socket();
  await socket.join('1', scratch.topic, await tokenFor(alice, { expiresIn: 2 }));
  const system = await socket.frame('system message', (frame) => frame.event === 'system');
  expect(system.payload.message).toMatch(/^Token has expired \d seconds ago$/);
  await socket.frame('phx_close', (frame) => frame.event === 'phx_close');
});

test('no row of the checks stays behind', async () => {
  const { rows } = await scratch.db.query(`select topic, extension, event from realtime.messages where event is null`);
  expect(rows).toEqual([]);
});

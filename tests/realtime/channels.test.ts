import { randomUUID } from 'node:crypto';
import type { RealtimeChannel } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stack } from '../lib/environment.ts';
import { Scratch, subscribe, tokenFor, until, versions } from './lib.ts';

const scratch = new Scratch();
beforeAll(() => scratch.create());
afterAll(() => scratch.drop());

interface Heard {
  event: string;
  payload: unknown;
  meta?: { id: string; replayed?: boolean };
}

/** Subscribes and collects every broadcast. */
async function listen(channel: RealtimeChannel): Promise<Heard[]> {
  const heard: Heard[] = [];
  channel.on('broadcast', { event: '*' }, (message) => heard.push(message as never));
  expect(await subscribe(channel)).toEqual({ status: 'SUBSCRIBED', reason: undefined });
  return heard;
}

describe.each(versions)('supabase-js, vsn %s', (version) => {
  test('a broadcast reaches the others, oneself only when asked, and is acknowledged', async () => {
    const topic = `${scratch.topic}:${randomUUID()}`;
    const user = await scratch.member(topic);
    const open = async (broadcast: object) =>
      (await scratch.client(user, version)).channel(topic, { config: { private: true, broadcast } });
    const [quiet, own, other] = [await open({ ack: true }), await open({ ack: true, self: true }), await open({})];
    const [byQuiet, byOwn, byOther] = [await listen(quiet), await listen(own), await listen(other)];
    const payload = { words: 'Grüße ✨', list: [1, { a: null }] };
    expect(await quiet.send({ type: 'broadcast', event: 'one', payload })).toBe('ok');
    expect(await own.send({ type: 'broadcast', event: 'two', payload })).toBe('ok');
    expect(await other.send({ type: 'broadcast', event: 'three', payload })).toBe('ok');
    await until('all three', () => byQuiet.length === 2 && byOwn.length === 3 && byOther.length === 2);
    expect(byOther).toEqual([
      { type: 'broadcast', event: 'one', payload },
      { type: 'broadcast', event: 'two', payload },
    ]);
    expect(byOwn.map(({ event }) => event)).toEqual(['one', 'two', 'three']);
    expect(byQuiet.map(({ event }) => event)).toEqual(['two', 'three']);
  });

  test('a message of the database arrives after commit, in order, with its id; after rollback never', async () => {
    const topic = `${scratch.topic}:${randomUUID()}`;
    const user = await scratch.member(topic);
    const heard = await listen((await scratch.client(user, version)).channel(topic, { config: { private: true } }));
    const { db } = scratch;
    await db.query('begin');
    await db.query('select realtime.send($1, $2, $3)', ['{"lost":true}', 'line', topic]);
    await db.query('rollback');
    await db.query(`select realtime.send(jsonb_build_object('n', n), 'line', $1) from generate_series(1, 200) n`, [
      topic,
    ]);
    await db.query('select realtime.send($1, $2, $3)', ['{"id":"own"}', 'line', topic]);
    await until('all messages', () => heard.length === 201);
    expect(heard.slice(0, 200).map(({ payload }) => (payload as { n: number }).n)).toEqual(
      Array.from({ length: 200 }, (_, index) => index + 1),
    );
    expect(heard[0]).toEqual({
      type: 'broadcast',
      event: 'line',
      payload: { n: 1, id: heard[0]?.meta?.id },
      meta: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    expect(heard[200]?.payload).toEqual({ id: 'own' });
  });

  test('presence: two people, one of them twice, and each leaving', async () => {
    const topic = `${scratch.topic}:${randomUUID()}`;
    const [alice, bob] = [await scratch.member(topic), await scratch.member(topic)];
    const open = async (user: string, key: string) => {
      const client = await scratch.client(user, version);
      const channel = client.channel(topic, { config: { private: true, presence: { key } } });
      channel.on('presence', { event: 'sync' }, () => undefined);
      expect((await subscribe(channel)).status).toBe('SUBSCRIBED');
      return { client, channel };
    };
    const seenBy = (channel: RealtimeChannel) =>
      Object.entries(channel.presenceState<{ tab: number }>())
        .flatMap(([key, metas]) => metas.map((meta) => `${key}${meta.tab}`))
        .sort()
        .join(' ');
    const one = await open(alice, 'alice');
    expect(await one.channel.track({ tab: 1 })).toBe('ok');
    const two = await open(alice, 'alice');
    const three = await open(bob, 'bob');
    expect(await two.channel.track({ tab: 2 })).toBe('ok');
    expect(await three.channel.track({ tab: 1 })).toBe('ok');
    for (const { channel } of [one, two, three]) {
      await until('everyone sees everyone', () => seenBy(channel) === 'alice1 alice2 bob1');
    }
    await one.channel.track({ tab: 7 });
    await until('a change', () => seenBy(three.channel) === 'alice2 alice7 bob1');
    await two.channel.untrack();
    await until('an untrack', () => seenBy(three.channel) === 'alice7 bob1');
    await three.client.removeAllChannels();
    await until('a leave', () => seenBy(one.channel) === 'alice7');
    await one.client.realtime.disconnect(4000, 'gone');
    await until('a closed tab', () => seenBy(two.channel) === '');
  });

  test('presence after a reconnect is what it is, not what it was', async () => {
    const topic = `${scratch.topic}:${randomUUID()}`;
    const user = await scratch.member(topic);
    const open = async (key: string) => {
      const client = await scratch.client(user, version);
      const channel = client.channel(topic, { config: { private: true, presence: { key } } });
      let joins = 0;
      channel.on('presence', { event: 'sync' }, () => undefined);
      await new Promise<void>((resolve) =>
        channel.subscribe((status) => {
          if (status !== 'SUBSCRIBED') return;
          joins += 1;
          void channel.track({ key }).then(() => resolve());
        }),
      );
      return { client, channel, joins: () => joins };
    };
    const [alice, bob] = [await open('alice'), await open('bob')];
    const keys = (channel: RealtimeChannel) => Object.keys(channel.presenceState()).sort().join(' ');
    await until('both', () => keys(alice.channel) === 'alice bob' && keys(bob.channel) === 'alice bob');
    // The network goes away under the client: it does not know until the close.
    (alice.client.realtime as unknown as { socketAdapter: { getSocket(): { conn: { close(): void } } } }).socketAdapter
      .getSocket()
      .conn.close();
    await until('a second join', () => alice.joins() === 2);
    await until('both again', () => keys(alice.channel) === 'alice bob' && keys(bob.channel) === 'alice bob');
    expect(alice.channel.presenceState().alice).toHaveLength(1);
    await until('one meta', () => bob.channel.presenceState().alice?.length === 1);
  });

  test('what was sent before the join is replayed when asked for', async () => {
    const topic = `${scratch.topic}:${randomUUID()}`;
    const user = await scratch.member(topic);
    const since = Date.now() - 60_000;
    for (const n of [1, 2, 3]) {
      await scratch.db.query('select realtime.send($1, $2, $3)', [`{"n":${n}}`, 'line', topic]);
    }
    const config = { private: true, broadcast: { replay: { since, limit: 2 } } };
    const heard = await listen((await scratch.client(user, version)).channel(topic, { config }));
    await until('two messages', () => heard.length === 2);
    expect(heard.map(({ payload, meta }) => [(payload as { n: number }).n, meta?.replayed])).toEqual([
      [2, true],
      [3, true],
    ]);
  });
});

test('bytes arrive as bytes, from a client, by REST and from the database', async () => {
  const topic = `${scratch.topic}:${randomUUID()}`;
  const user = await scratch.member(topic);
  const config = { private: true, broadcast: { ack: true, self: true } };
  const channel = (await scratch.client(user)).channel(topic, { config });
  const heard = await listen(channel);
  const bytes = Uint8Array.of(0, 1, 254, 255);
  expect(await channel.send({ type: 'broadcast', event: 'client', payload: bytes.buffer })).toBe('ok');
  expect(await channel.httpSend('rest', bytes)).toEqual({ success: true });
  await scratch.db.query('select realtime.send_binary($1, $2, $3)', [Buffer.from(bytes), 'database', topic]);
  await until('all three', () => heard.length === 3);
  expect(heard.map(({ event, payload }) => [event, [...new Uint8Array(payload as ArrayBuffer)]])).toEqual([
    ['client', [...bytes]],
    ['rest', [...bytes]],
    ['database', [...bytes]],
  ]);
});

test('a payload over the limit is refused and reaches nobody', async () => {
  const topic = `${scratch.topic}:${randomUUID()}`;
  const user = await scratch.member(topic);
  const config = { private: true, broadcast: { ack: true, self: true } };
  const channel = (await scratch.client(user)).channel(topic, { config });
  const heard = await listen(channel);
  const send = (length: number) =>
    channel.send({ type: 'broadcast', event: String(length), payload: { text: 'x'.repeat(length) } });
  expect(await send(400_000)).toBe('error');
  expect(await send(200_000)).toBe('ok');
  await expect(channel.httpSend('rest', { text: 'x'.repeat(400_000) })).rejects.toThrow();
  await until('the smaller one', () => heard.length > 0);
  expect(heard.map(({ event }) => event)).toEqual(['200000']);
});

describe('REST', () => {
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${stack.url}/realtime/v1/api/broadcast${path}`, {
      method: 'POST',
      headers: { apikey: stack.publishableKey, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const bearer = async (user: string) => ({ authorization: `Bearer ${await tokenFor(user)}` });

  test('httpSend and the fallback of an unsubscribed channel reach the subscribers', async () => {
    const topic = `${scratch.topic}:${randomUUID()}/?#`;
    const user = await scratch.member(topic);
    const heard = await listen((await scratch.client(user)).channel(topic, { config: { private: true } }));
    const sender = (await scratch.client(user)).channel(topic, { config: { private: true } });
    expect(await sender.httpSend('single ✨', { n: 1 })).toEqual({ success: true });
    expect(await sender.send({ type: 'broadcast', event: 'batch', payload: { n: 2 } })).toBe('ok');
    await until('both', () => heard.length === 2);
    expect(heard).toEqual([
      { type: 'broadcast', event: 'single ✨', payload: { n: 1 } },
      { type: 'broadcast', event: 'batch', payload: { n: 2 } },
    ]);
  });

  test('without the right to send: 403 for one message; in a batch it is passed over', async () => {
    const topic = `${scratch.topic}:${randomUUID()}`;
    const [alice, mallory] = [await scratch.member(topic), randomUUID()];
    const heard = await listen((await scratch.client(alice)).channel(topic, { config: { private: true } }));
    const message = (event: string) => ({ messages: [{ topic, event, payload: {}, private: true }] });
    const single = await post(`/${encodeURIComponent(topic)}/events/no?private=true`, {}, await bearer(mallory));
    expect(single.status).toBe(403);
    expect((await post('', message('no'), await bearer(mallory))).status).toBe(202);
    expect((await post('', message('no'))).status).toBe(202);
    expect((await post('', message('by alice'), await bearer(alice))).status).toBe(202);
    expect((await post('', message('by service'), { apikey: stack.secretKey })).status).toBe(202);
    await until('the allowed two', () => heard.length === 2);
    expect(heard.map(({ event }) => event)).toEqual(['by alice', 'by service']);
  });

  test('bad requests get a status and a reason', async () => {
    const alice = await bearer(await scratch.member(`${scratch.topic}:${randomUUID()}`));
    const good = { topic: 't', event: 'e', payload: {}, private: true };
    const answers = await Promise.all([
      post('', { messages: [good] }, { authorization: 'Bearer nonsense' }),
      post('', '{', alice),
      post('', {}, alice),
      post('', { messages: [{ ...good, topic: '' }, good] }, alice),
      post('', { messages: [{ ...good, private: false }] }, alice),
      post('/t/events/e?private=true', 'text', { ...alice, 'content-type': 'text/plain' }),
      post('/t/events/e', {}, alice),
      post('/t/other/e', {}, alice),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 400, 422, 422, 403, 415, 403, 404]);
    for (const answer of answers) expect(await answer.json()).toBeTypeOf('object');
  });
});

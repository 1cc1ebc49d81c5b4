import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import {
  type Broadcast,
  MalformedFrame,
  broadcastOf,
  decodeFrame,
  encodeBroadcast,
  encodeMessage,
  encodeReply,
} from './serializer.ts';

// The client's own serializer is the judge of the binary frames. It is no part of the package's exports.
const path = '@supabase/realtime-js/dist/main/lib/serializer.js';
const { default: ClientSerializer } = createRequire(import.meta.url)(path) as {
  default: new () => {
    encode(message: object, callback: (result: string | ArrayBuffer) => void): void;
    decode(raw: string | ArrayBuffer, callback: (message: unknown) => unknown): unknown;
  };
};
const client = new ClientSerializer();

function clientEncodes(message: object): { data: Buffer; binary: boolean } {
  let sent: string | ArrayBuffer = '';
  client.encode(message, (result) => (sent = result));
  return typeof sent === 'string'
    ? { data: Buffer.from(sent), binary: false }
    : { data: Buffer.from(sent), binary: true };
}

function clientDecodes({ data, binary }: { data: Buffer; binary: boolean }): unknown {
  const raw = binary ? new Uint8Array(data).buffer : data.toString();
  return client.decode(raw, (message) => message);
}

const push = (payload: object) => ({
  join_ref: '1',
  ref: '7',
  topic: 'realtime:tölpel:✨',
  event: 'broadcast',
  payload,
});
const json: Broadcast = { event: 'line', encoding: 'json', body: Buffer.from('{"n":12345678901234567890}') };

test('a broadcast of the 2.0.0 client is decoded with its body untouched', () => {
  const { data, binary } = clientEncodes(push({ type: 'broadcast', event: 'wörter', payload: { a: '✨' } }));
  const frame = decodeFrame('2.0.0', data, binary);
  expect(frame).toMatchObject({ joinRef: '1', ref: '7', topic: 'realtime:tölpel:✨', event: 'broadcast' });
  expect(frame.broadcast).toMatchObject({ event: 'wörter', encoding: 'json' });
  expect(frame.broadcast?.body.toString()).toBe('{"a":"✨"}');
});

test('a broadcast of bytes keeps its bytes, an empty one too', () => {
  for (const bytes of [Uint8Array.of(0, 255, 3, 4), new Uint8Array()]) {
    const { data, binary } = clientEncodes(push({ type: 'broadcast', event: 'audio', payload: bytes.buffer }));
    const { broadcast } = decodeFrame('2.0.0', data, binary);
    expect(broadcast?.encoding).toBe('binary');
    expect(new Uint8Array(broadcast!.body)).toEqual(bytes);
  }
});

test('the 2.0.0 client reads a broadcast with and without an id', () => {
  expect(clientDecodes(encodeBroadcast('2.0.0', 'realtime:s:ß', { ...json, body: Buffer.from('{"a":1}') })!)).toEqual({
    join_ref: null,
    ref: null,
    topic: 'realtime:s:ß',
    event: 'broadcast',
    payload: { type: 'broadcast', event: 'line', payload: { a: 1 } },
  });
  const withId = { ...json, body: Buffer.from('{}'), meta: { id: 'x', replayed: true } };
  expect(clientDecodes(encodeBroadcast('2.0.0', 't', withId)!)).toMatchObject({
    payload: { meta: { id: 'x', replayed: true } },
  });
});

test('a body is passed on as it was written, numbers too long for JavaScript included', () => {
  for (const version of ['1.0.0', '2.0.0'] as const) {
    expect(encodeBroadcast(version, 't', json)!.data.toString()).toContain('{"n":12345678901234567890}');
  }
});

test('1.0.0 gets objects, and no bytes', () => {
  const { data, binary } = encodeBroadcast('1.0.0', 't', { ...json, body: Buffer.from('[1]'), meta: { id: 'x' } })!;
  expect(binary).toBe(false);
  expect(JSON.parse(data.toString())).toEqual({
    topic: 't',
    event: 'broadcast',
    ref: null,
    payload: { type: 'broadcast', event: 'line', meta: { id: 'x' }, payload: [1] },
  });
  expect(encodeBroadcast('1.0.0', 't', { ...json, encoding: 'binary' })).toBeNull();
});

test('names too long for their length byte travel as text', () => {
  const frame = encodeBroadcast('2.0.0', 't', { ...json, event: 'e'.repeat(256), body: Buffer.from('{}') })!;
  expect(frame.binary).toBe(false);
  expect(clientDecodes(frame)).toMatchObject({ topic: 't', event: 'broadcast', payload: { event: 'e'.repeat(256) } });
});

test('both versions carry replies, 1.0.0 without the join reference', () => {
  const to = { joinRef: '1', ref: '2', topic: 't' };
  expect(JSON.parse(encodeReply('2.0.0', to, 'ok', {}).data.toString())).toEqual([
    '1',
    '2',
    't',
    'phx_reply',
    { status: 'ok', response: {} },
  ]);
  expect(JSON.parse(encodeReply('1.0.0', to, 'error', { reason: 'no' }).data.toString())).toEqual({
    topic: 't',
    ref: '2',
    event: 'phx_reply',
    payload: { status: 'error', response: { reason: 'no' } },
  });
  const message = encodeMessage('2.0.0', { ...to, event: 'system', payload: { a: 1 } });
  expect(JSON.parse(message.data.toString())).toEqual(['1', '2', 't', 'system', { a: 1 }]);
});

test('text frames are decoded in both versions', () => {
  const two = decodeFrame('2.0.0', Buffer.from('["1","2","t","phx_join",{"a":1}]'), false);
  const one = decodeFrame(
    '1.0.0',
    Buffer.from('{"join_ref":"1","ref":"2","topic":"t","event":"phx_join","payload":{"a":1}}'),
    false,
  );
  expect(two).toEqual(one);
  expect(broadcastOf({ type: 'broadcast', event: 'e', payload: { a: 1 } }).body.toString()).toBe('{"a":1}');
});

const cutShort = clientEncodes(push({ event: 'e', payload: { a: 1 } })).data.subarray(0, 12);
const notJson = Buffer.concat([Buffer.from([3, 0, 0, 1, 1, 0, 1]), Buffer.from('te{"a":')]);

test.each([
  ['empty', '2.0.0', Buffer.alloc(0), false],
  ['not JSON', '2.0.0', Buffer.from('{'), false],
  ['an object in 2.0.0', '2.0.0', Buffer.from('{"topic":"t","event":"e"}'), false],
  ['a short array', '2.0.0', Buffer.from('["1","2","t"]'), false],
  ['no event', '1.0.0', Buffer.from('{"topic":"t"}'), false],
  ['a topic that is not text', '2.0.0', Buffer.from('["1","2",3,"e",{}]'), false],
  ['a reference that is an object', '2.0.0', Buffer.from('["1",{},"t","e",{}]'), false],
  ['null', '1.0.0', Buffer.from('null'), false],
  ['bytes in 1.0.0', '1.0.0', cutShort, true],
  ['bytes cut short', '2.0.0', cutShort, true],
  ['an unknown kind', '2.0.0', Buffer.from([9, 0, 0, 0, 0, 0, 0]), true],
  ['a JSON body that is none', '2.0.0', notJson, true],
  ['a name that is not UTF-8', '2.0.0', Buffer.from([3, 0, 0, 1, 1, 0, 1, 0xff, 0x65, 0x31]), true],
] as const)('%s is refused as malformed', (_name, version, data, binary) => {
  expect(() => decodeFrame(version, data, binary)).toThrow(MalformedFrame);
});

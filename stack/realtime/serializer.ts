/**
 * The two wire formats of realtime-js: `vsn=1.0.0` is JSON objects, `vsn=2.0.0` JSON arrays, and binary frames for
 * broadcasts (kind 3 from the client, kind 4 to it). Pure: bytes in, frames out.
 */
export type Version = '1.0.0' | '2.0.0';

/** A broadcast whose body the server passes on without reading it into objects. */
export interface Broadcast {
  event: string;
  encoding: 'json' | 'binary';
  body: Buffer;
  /** Of a message sent from the database: its id. */
  meta?: { id: string; replayed?: boolean };
}

export interface ClientFrame {
  joinRef: string | null;
  ref: string | null;
  topic: string;
  event: string;
  /** JSON of any shape, or the broadcast of a binary frame. */
  payload: unknown;
  broadcast?: Broadcast;
}

/** Ready to be written to any number of sockets of its version. */
export interface WireFrame {
  data: Buffer;
  binary: boolean;
}

export class MalformedFrame extends Error {}

const binaryKind = { clientBroadcast: 3, serverBroadcast: 4 };
const jsonEncoding = 1;
const decoder = new TextDecoder('utf-8', { fatal: true });

export function decodeFrame(version: Version, data: Buffer, isBinary: boolean): ClientFrame {
  if (isBinary) {
    if (version === '1.0.0') throw new MalformedFrame('binary frames need vsn=2.0.0');
    return decodeBinary(data);
  }
  const message = parseJson(data);
  if (version === '2.0.0') {
    if (!Array.isArray(message) || message.length < 5) throw new MalformedFrame('expected an array of five');
    const [joinRef, ref, topic, event, payload] = message as unknown[];
    return clientFrame(joinRef, ref, topic, event, payload);
  }
  if (typeof message !== 'object' || message === null) throw new MalformedFrame('expected an object');
  const { join_ref, ref, topic, event, payload } = message as Record<string, unknown>;
  return clientFrame(join_ref, ref, topic, event, payload);
}

function clientFrame(joinRef: unknown, ref: unknown, topic: unknown, event: unknown, payload: unknown): ClientFrame {
  if (typeof topic !== 'string' || typeof event !== 'string') throw new MalformedFrame('topic or event is missing');
  return { joinRef: reference(joinRef), ref: reference(ref), topic, event, payload };
}

function reference(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' && value.length <= 255) return value;
  throw new MalformedFrame('ref is not a string');
}

function decodeBinary(data: Buffer): ClientFrame {
  if (data[0] !== binaryKind.clientBroadcast || data.length < 7) throw new MalformedFrame('unknown binary frame');
  let offset = 7;
  const field = (index: number) => {
    const start = offset;
    offset += data[index]!;
    if (offset > data.length) throw new MalformedFrame('binary frame is cut short');
    return text(data.subarray(start, offset));
  };
  const [joinRef, ref, topic, event] = [field(1), field(2), field(3), field(4)];
  // Metadata asks for features that this server does not have (`persist`): read past.
  field(5);
  const encoding = data[6] === jsonEncoding ? 'json' : 'binary';
  const body = data.subarray(offset);
  // Whoever receives the body parses it: what is not JSON must not reach them.
  if (encoding === 'json') parseJson(body);
  const broadcast: Broadcast = { event, encoding, body };
  return { joinRef: joinRef || null, ref: ref || null, topic, event: 'broadcast', payload: null, broadcast };
}

function text(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new MalformedFrame('not UTF-8');
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(text(bytes)) as unknown;
  } catch {
    throw new MalformedFrame('not JSON');
  }
}

interface Message {
  joinRef: string | null;
  ref: string | null;
  topic: string;
  event: string;
  payload: unknown;
}

/** Any event but a broadcast. In 1.0.0 the join reference is not sent. */
export function encodeMessage(version: Version, { joinRef, ref, topic, event, payload }: Message): WireFrame {
  const message = version === '2.0.0' ? [joinRef, ref, topic, event, payload] : { topic, event, payload, ref };
  return { data: Buffer.from(JSON.stringify(message)), binary: false };
}

export function encodeReply(
  version: Version,
  to: { joinRef: string | null; ref: string | null; topic: string },
  status: 'ok' | 'error',
  response: unknown,
): WireFrame {
  return encodeMessage(version, { ...to, event: 'phx_reply', payload: { status, response } });
}

/** Null where the version cannot carry it: bytes need 2.0.0. */
export function encodeBroadcast(version: Version, topic: string, broadcast: Broadcast): WireFrame | null {
  const { event, encoding, body, meta } = broadcast;
  if (version === '2.0.0') {
    const binary = encodeBinary(topic, broadcast);
    if (binary) return { data: binary, binary: true };
  }
  if (encoding === 'binary') return null;
  const metaJson = meta ? `,"meta":${JSON.stringify(meta)}` : '';
  const head = `{"type":"broadcast","event":${JSON.stringify(event)}${metaJson},"payload":`;
  const [before, after] =
    version === '2.0.0'
      ? [`[null,null,${JSON.stringify(topic)},"broadcast",${head}`, '}]']
      : [`{"topic":${JSON.stringify(topic)},"event":"broadcast","ref":null,"payload":${head}`, '}}'];
  return { data: Buffer.concat([Buffer.from(before), body, Buffer.from(after)]), binary: false };
}

/** Null when a name is longer than its length byte can say. */
function encodeBinary(topic: string, { event, encoding, body, meta }: Broadcast): Buffer | null {
  const names = [topic, event, meta ? JSON.stringify(meta) : ''].map((name) => Buffer.from(name));
  if (names.some((name) => name.length > 255)) return null;
  const head = [binaryKind.serverBroadcast, ...names.map((name) => name.length), encoding === 'json' ? 1 : 0];
  return Buffer.concat([Buffer.from(head), ...names, body]);
}

/** A broadcast that came as JSON (`vsn=1.0.0`, or without a name for the event): `{ type, event, payload }`. */
export function broadcastOf({ event, payload = {} }: Record<string, unknown>): Broadcast {
  const name = typeof event === 'string' ? event : '';
  return { event: name, encoding: 'json', body: Buffer.from(JSON.stringify(payload)) };
}

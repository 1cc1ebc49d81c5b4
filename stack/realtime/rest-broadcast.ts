import type { IncomingMessage } from 'node:http';
import type { Identity } from './authorization.ts';
import { object } from './join-config.ts';
import { RateCounter, payloadPadding } from './limits.ts';
import { Refusal } from './refusal.ts';
import type { Broadcast } from './serializer.ts';
import type { Services } from './services.ts';

export class HttpError extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: { message: string } | { errors: unknown } | { error: string }) {
    super(`HTTP ${status}`);
    this.status = status;
    this.body = body;
  }
}

interface Message {
  topic: string;
  broadcast: Broadcast;
}

const privateOnly = () => new HttpError(403, { message: 'This project only allows private channels' });
const tooLarge = ['Payload size exceeds tenant limit'];

/** Rates of REST callers, by the subject of their token or else its role. Dropped when they have been quiet. */
const callers = new Map<string, { rate: RateCounter; usedAt: number }>();

/** The body of `POST /api/broadcast`: `{ messages: [{ topic, event, payload, private }] }`, checked message by message. */
export async function readBatch(services: Services, request: IncomingMessage): Promise<Message[]> {
  const body = parseJson(await readBody(request, services.limits.payloadBytes * 4));
  const { messages } = object(body);
  if (!Array.isArray(messages)) throw new HttpError(422, { errors: { messages: ["can't be blank"] } });
  const problems = messages.map((message) => problemsOf(object(message), services.limits.payloadBytes));
  if (problems.some((problem) => Object.keys(problem).length > 0)) {
    throw new HttpError(422, { errors: { messages: problems } });
  }
  if (messages.some((message) => object(message).private !== true)) throw privateOnly();
  return messages.map((message) => {
    const { topic, event, payload } = object(message);
    const content = Buffer.from(JSON.stringify(payload));
    return { topic: String(topic), broadcast: { event: String(event), encoding: 'json', body: content } };
  });
}

function problemsOf(message: Record<string, unknown>, payloadBytes: number): Record<string, string[]> {
  const problems: Record<string, string[]> = {};
  for (const field of ['topic', 'event']) {
    const value = message[field];
    if (value === undefined || value === null || value === '') problems[field] = ["can't be blank"];
    else if (typeof value !== 'string') problems[field] = ['is invalid'];
  }
  const { payload } = message;
  if (payload === undefined || payload === null) problems.payload = ["can't be blank"];
  else if (typeof payload !== 'object' || Array.isArray(payload)) problems.payload = ['is invalid'];
  else if (Buffer.byteLength(JSON.stringify(payload)) > payloadBytes + payloadPadding) problems.payload = tooLarge;
  return problems;
}

/** Sends what the caller may send. As on Supabase, a topic that it may not send to is passed over without a word. */
export async function sendBatch(services: Services, request: IncomingMessage, messages: Message[]): Promise<void> {
  const identity = await caller(services, request);
  countEvents(services, identity, messages.length);
  for (const [topic, group] of Map.groupBy(messages, (message) => message.topic)) {
    if (!(await maySend(services, topic, identity))) continue;
    for (const { broadcast } of group) services.hub.broadcast(topic, broadcast);
  }
}

/** `POST /api/broadcast/:topic/events/:event?private=true`: the body is the payload, JSON or bytes. */
export async function sendSingle(
  services: Services,
  request: IncomingMessage,
  url: URL,
  topic: string,
  event: string,
): Promise<void> {
  const identity = await caller(services, request);
  const type = (request.headers['content-type'] ?? 'application/json').split(';')[0]!.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'application/octet-stream') {
    throw new HttpError(415, { error: 'Unsupported Media Type. Use application/json or application/octet-stream' });
  }
  const body = await readBody(request, services.limits.payloadBytes * 4);
  if (body.length > services.limits.payloadBytes + payloadPadding) {
    throw new HttpError(422, { errors: { payload: tooLarge } });
  }
  const encoding = type === 'application/json' ? 'json' : 'binary';
  if (encoding === 'json') parseJson(body);
  if (url.searchParams.get('private') !== 'true') throw privateOnly();
  countEvents(services, identity, 1);
  if (!(await maySend(services, topic, identity))) throw new HttpError(403, { message: 'Unauthorized' });
  services.hub.broadcast(topic, { event, encoding, body });
}

/** The token of the Authorization header, else the API key. */
async function caller(services: Services, request: IncomingMessage): Promise<Identity> {
  const [scheme, bearer] = (request.headers.authorization ?? '').split(' ');
  const apiKey = request.headers.apikey;
  const token = scheme?.toLowerCase() === 'bearer' && bearer ? bearer : apiKey;
  if (typeof token !== 'string') throw new HttpError(401, { message: 'Unauthorized' });
  try {
    return { claims: await services.tokens.verify(token), headers: customHeaders(request) };
  } catch (error) {
    if (error instanceof Refusal) throw new HttpError(401, { message: 'Unauthorized' });
    throw error;
  }
}

/** Never passed on to policies: one carries a key, the other would make every connection an identity of its own. */
const withheldHeaders = ['x-api-key', 'x-request-id'];

/** The `x-…` headers, which policies may read. */
export function customHeaders(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headers).filter(
    (entry): entry is [string, string] =>
      entry[0].startsWith('x-') && !withheldHeaders.includes(entry[0]) && typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}

function countEvents(services: Services, { claims }: Identity, count: number): void {
  const now = Date.now();
  for (const [key, { usedAt }] of callers) if (now - usedAt > 60_000) callers.delete(key);
  const key = claims.sub ?? claims.role;
  const entry = callers.get(key) ?? { rate: new RateCounter(services.limits.eventsPerSecond), usedAt: now };
  entry.usedAt = now;
  callers.set(key, entry);
  if (!entry.rate.add(count)) throw new HttpError(429, { message: 'You have exceeded your rate limit' });
}

async function maySend(services: Services, topic: string, identity: Identity): Promise<boolean> {
  try {
    const rights = await services.authorization.write(topic, ['broadcast'], identity);
    return rights.broadcast === true;
  } catch (error) {
    if (error instanceof Refusal) throw new HttpError(422, { message: error.message });
    throw error;
  }
}

async function readBody(request: IncomingMessage, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new HttpError(413, { message: 'The request body is too large' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    throw new HttpError(400, { message: 'The request body is not JSON' });
  }
}

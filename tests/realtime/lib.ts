// For tests of the protocol itself: a topic and policies of their own, tokens, unmodified clients, and raw sockets.
import { randomUUID } from 'node:crypto';
import { createClient, type RealtimeChannel, type SupabaseClient } from '@supabase/supabase-js';
import { SignJWT } from 'jose';
import pg from 'pg';
import { WebSocket } from 'ws';
import { stack } from '../lib/environment.ts';
import { patience } from '../lib/patience.ts';

export const versions = ['1.0.0', '2.0.0'] as const;
export type Version = (typeof versions)[number];
export type Verb = 'receive' | 'send';
export type Extension = 'broadcast' | 'presence';

/** A token as Auth makes it. `expiresIn` in seconds; `secret` to forge one. */
export function tokenFor(user: string, options: { expiresIn?: number; secret?: string } = {}): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + (options.expiresIn ?? 600);
  return new SignJWT({ sub: user, role: 'authenticated', aud: 'authenticated', exp, jti: randomUUID() })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(options.secret ?? stack.jwtSecret));
}

/** Topics `test:<random>…` whose members, and what each may, are rows of a table; gone after `drop`. */
export class Scratch {
  readonly name = `realtime_test_${randomUUID().slice(0, 8)}`;
  readonly topic = `test:${randomUUID()}`;
  #clients: SupabaseClient[] = [];
  #sockets: RawSocket[] = [];
  db = new pg.Client(stack.databaseUrl);

  async create(): Promise<void> {
    await this.db.connect();
    await this.db.query(`
      create schema ${this.name};
      grant usage on schema ${this.name} to authenticated;
      create table ${this.name}.rights (topic text, user_id uuid, verb text, extension text, primary key (topic, user_id, verb, extension));
      alter table ${this.name}.rights enable row level security;
      create function ${this.name}.may(verb text, extension text) returns boolean
      language sql stable security definer set search_path = ''
      as $$
        select exists (
          select from ${this.name}.rights r
          where r.topic = realtime.topic() and r.user_id = auth.uid() and r.verb = may.verb and r.extension = may.extension
        )
      $$;
      grant execute on function ${this.name}.may(text, text) to authenticated;
      create policy "${this.name} receive" on realtime.messages for select to authenticated
        using (realtime.topic() like 'test:%' and ${this.name}.may('receive', extension));
      create policy "${this.name} send" on realtime.messages for insert to authenticated
        with check (realtime.topic() like 'test:%' and ${this.name}.may('send', extension));
    `);
  }

  async drop(): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    await Promise.all(this.#clients.map((client) => client.removeAllChannels()));
    await this.db.query(`
      drop policy "${this.name} receive" on realtime.messages;
      drop policy "${this.name} send" on realtime.messages;
      drop schema ${this.name} cascade;
    `);
    await this.db.end();
  }

  async allow(user: string, verb: Verb, extension: Extension, topic = this.topic): Promise<void> {
    await this.db.query(`insert into ${this.name}.rights values ($1, $2, $3, $4)`, [topic, user, verb, extension]);
  }

  /** A member who may do everything on the topic. */
  async member(topic = this.topic): Promise<string> {
    const user = randomUUID();
    for (const verb of ['receive', 'send'] as const) {
      for (const extension of ['broadcast', 'presence'] as const) await this.allow(user, verb, extension, topic);
    }
    return user;
  }

  async remove(user: string, verb?: Verb): Promise<void> {
    await this.db.query(`delete from ${this.name}.rights where user_id = $1 and verb = coalesce($2, verb)`, [
      user,
      verb ?? null,
    ]);
  }

  /** An unmodified supabase-js client that always has a token of the user. */
  async client(user: string, version: Version = '2.0.0'): Promise<SupabaseClient> {
    const token = await tokenFor(user);
    const client = createClient(stack.url, stack.publishableKey, {
      accessToken: async () => token,
      realtime: { vsn: version, reconnectAfterMs: () => 100 },
    });
    // The first join must not overtake the token.
    await client.realtime.setAuth();
    this.#clients.push(client);
    return client;
  }

  async socket(version: Version = '2.0.0'): Promise<RawSocket> {
    const socket = new RawSocket(version);
    this.#sockets.push(socket);
    await socket.opened;
    return socket;
  }
}

/** Joins and resolves with the first status and its reason. */
export function subscribe(channel: RealtimeChannel): Promise<{ status: string; reason: string | undefined }> {
  return new Promise((resolve) => {
    channel.subscribe((status, error) => resolve({ status, reason: error?.message }));
  });
}

/** Waits until the condition holds; the message of a failure says what was waited for. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { timeoutMs = patience.timeout as number, everyMs = 10 } = {},
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

export interface Frame {
  joinRef: string | null;
  ref: string | null;
  topic: string;
  event: string;
  payload: { status?: string; response?: unknown; [field: string]: unknown };
}

/** The protocol by hand, for what the client never does. Text frames only. */
export class RawSocket {
  readonly frames: Frame[] = [];
  readonly opened: Promise<void>;
  readonly closed: Promise<number>;
  #ws: WebSocket;
  #version: Version;

  constructor(version: Version, key: string | null = stack.publishableKey) {
    this.#version = version;
    this.#ws = new WebSocket(websocketUrl(version, key));
    this.opened = new Promise((resolve, reject) => {
      this.#ws.once('open', resolve);
      this.#ws.once('error', reject);
    });
    this.closed = new Promise((resolve) => this.#ws.once('close', resolve));
    this.#ws.on('message', (data, isBinary) => {
      if (!isBinary) this.frames.push(this.#decode(String(data)));
    });
  }

  send(joinRef: string | null, ref: string | null, topic: string, event: string, payload: unknown = {}): void {
    const message =
      this.#version === '2.0.0'
        ? [joinRef, ref, topic, event, payload]
        : { join_ref: joinRef, ref, topic, event, payload };
    this.raw(JSON.stringify(message));
  }

  raw(data: string | Uint8Array): void {
    this.#ws.send(data);
  }

  close(): void {
    this.#ws.close();
  }

  /** The first frame that fits, now or later. */
  async frame(what: string, fits: (frame: Frame) => boolean): Promise<Frame> {
    await until(what, () => this.frames.some(fits));
    return this.frames.find(fits)!;
  }

  async reply(ref: string): Promise<Frame> {
    return this.frame(`reply to ${ref}`, (frame) => frame.event === 'phx_reply' && frame.ref === ref);
  }

  /** Joins a private channel and resolves with the reply. */
  async join(ref: string, topic: string, token: string | undefined, config: object = {}): Promise<Frame> {
    const payload = { config: { private: true, ...config }, ...(token ? { access_token: token } : {}) };
    this.send(ref, ref, `realtime:${topic}`, 'phx_join', payload);
    return this.reply(ref);
  }

  #decode(text: string): Frame {
    const message = JSON.parse(text) as unknown;
    if (Array.isArray(message)) {
      const [joinRef, ref, topic, event, payload] = message as [string, string, string, string, Frame['payload']];
      return { joinRef, ref, topic, event, payload };
    }
    return { joinRef: null, ...(message as Omit<Frame, 'joinRef'>) };
  }
}

export function websocketUrl(version: string, key: string | null): URL {
  const address = new URL('/realtime/v1/websocket', stack.url.replace(/^http/, 'ws'));
  address.searchParams.set('vsn', version);
  if (key !== null) address.searchParams.set('apikey', key);
  return address;
}

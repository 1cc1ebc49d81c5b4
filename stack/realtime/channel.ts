import type { Rights } from './authorization.ts';
import type { Topic } from './hub.ts';
import { type JoinConfig, object } from './join-config.ts';
import { WindowCounter, payloadPadding } from './limits.ts';
import { log } from './log.ts';
import { Refusal } from './refusal.ts';
import type { ChannelRights } from './rights.ts';
import { type Broadcast, type ClientFrame, broadcastOf, encodeBroadcast, encodeMessage } from './serializer.ts';
import type { Services } from './services.ts';
import type { Socket } from './socket.ts';
import { expired } from './tokens.ts';

/** A token is looked at again at least this often, and when it expires. */
const confirmTokenMs = 300_000;

/** One private channel of one socket, from its accepted join to its end. */
export class Channel {
  readonly socket: Socket;
  /** With the prefix `realtime:`, as the client names it. */
  readonly wireTopic: string;
  readonly joinRef: string | null;
  readonly rights: ChannelRights;
  /** Ids of the messages replayed at the join. */
  replayed: ReadonlySet<string> | null = null;
  #services: Services;
  #config: JoinConfig;
  #token: string;
  #topic: Topic;
  #presenceCalls: WindowCounter;
  #tokenTimer: NodeJS.Timeout | null = null;
  #open = true;

  constructor(
    services: Services,
    socket: Socket,
    frame: ClientFrame,
    join: { topic: string; config: JoinConfig; token: string; rights: ChannelRights },
  ) {
    this.socket = socket;
    this.wireTopic = frame.topic;
    this.joinRef = frame.joinRef ?? frame.ref;
    this.rights = join.rights;
    this.#services = services;
    this.#config = join.config;
    this.#token = join.token;
    this.#presenceCalls = new WindowCounter(services.limits.presenceCallsPerChannel, 30_000);
    this.#topic = services.hub.add(join.topic, this);
    this.#confirmToken();
  }

  get topicName(): string {
    return this.#topic.name;
  }

  /** Answers an event of the client; events that Supabase does not know are ignored, as there. */
  handle(frame: ClientFrame): void | Promise<void> {
    if (frame.event === 'broadcast') return this.#broadcast(frame);
    if (frame.event === 'presence') return this.#presence(frame);
    if (frame.event === 'access_token') return this.#accessToken(object(frame.payload).access_token);
  }

  push(event: string, payload: unknown): void {
    const { joinRef, wireTopic: topic } = this;
    this.socket.send(encodeMessage(this.socket.version, { joinRef, ref: null, topic, event, payload }));
  }

  /** Sends messages of the past; when the stream brings one of them too, it is left out. */
  replay(messages: Broadcast[]): void {
    if (messages.length === 0) return;
    this.replayed = new Set(messages.map(({ meta }) => meta!.id));
    for (const message of messages) {
      const frame = encodeBroadcast(this.socket.version, this.wireTopic, message);
      if (frame) this.socket.send(frame);
    }
  }

  system(status: 'ok' | 'error', message: string, extension = 'system'): void {
    this.push('system', { extension, status, message, channel: this.topicName });
  }

  /** The first state of presence, for who asked for it and may read it. */
  syncPresence(): void {
    if (!this.#config.presenceEnabled || this.rights.receive.presence !== true) return;
    if (!this.#services.presenceEvents.add()) return this.shutdown('Too many presence messages per second');
    this.push('presence_state', this.#topic.presenceState());
  }

  /** Applies a later look at the policies. */
  recheck(answer: Rights | Error): void {
    if (!this.#open) return;
    if (answer instanceof Error) {
      log('error', 'policy failed for an open channel', { topic: this.topicName, error: answer.message });
      this.fail();
    } else if (!this.rights.update(answer)) {
      this.shutdown(`You no longer have permission to read from this Channel topic: ${this.topicName}`);
    }
  }

  /** Ends the channel with a reason. The client does not join again by itself. */
  shutdown(message: string): void {
    if (!this.#open) return;
    this.system('error', message);
    this.end('phx_close');
    log('info', 'channel shut down', { topic: this.topicName, reason: message });
  }

  /** Ends the channel as a crash would: the client joins again by itself. */
  fail(): void {
    if (this.#open) this.end('phx_error');
  }

  /** Forgets the channel and says so to the client. */
  end(event: 'phx_close' | 'phx_error'): void {
    this.close();
    const { joinRef, wireTopic: topic } = this;
    // The reference of the join, also as `ref`: by it a client tells this channel's end from an older one's.
    this.socket.send(encodeMessage(this.socket.version, { joinRef, ref: joinRef, topic, event, payload: {} }));
  }

  /** Forgets the channel without a word: the socket is gone. */
  close(): void {
    this.#open = false;
    if (this.#tokenTimer) clearTimeout(this.#tokenTimer);
    this.socket.channels.delete(this.wireTopic);
    this.#services.hub.remove(this.#topic, this);
  }

  /** Without the right nothing is sent and nothing answered, as on Supabase. */
  #broadcast(frame: ClientFrame): void | Promise<void> {
    const allowed = this.rights.maySend('broadcast');
    if (allowed === true) return this.#send(frame);
    if (allowed !== false) return allowed.then((late) => (late && this.#open ? this.#send(frame) : undefined));
  }

  #send(frame: ClientFrame): void {
    const broadcast = frame.broadcast ?? broadcastOf(object(frame.payload));
    const fits = broadcast.body.length <= this.#services.limits.payloadBytes + payloadPadding;
    if (fits) this.#topic.broadcast(broadcast, this.#config.self ? undefined : this);
    if (this.#config.ack) this.socket.reply(frame, fits ? 'ok' : 'error', fits ? {} : 'payload_size_exceeded');
  }

  async #presence(frame: ClientFrame): Promise<void> {
    const { event, payload = {} } = object(frame.payload);
    if (!this.#presenceCalls.add()) return this.shutdown('Client presence rate limit exceeded');
    const action = String(event).toLowerCase();
    if (action === 'untrack') {
      this.#topic.untrack(this);
      return this.socket.reply(frame, 'ok');
    }
    const allowed = action === 'track' && (await this.rights.mayTrack());
    if (!this.#open) return;
    if (!allowed) return this.socket.reply(frame, 'error');
    if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
      return this.socket.reply(frame, 'error', { reason: 'Presence track payload must be a map' });
    }
    if (Buffer.byteLength(JSON.stringify(payload)) > this.#services.limits.payloadBytes + payloadPadding) {
      return this.shutdown('Track message size exceeded');
    }
    if (!this.#services.presenceEvents.add()) return this.shutdown('Too many presence messages per second');
    this.#topic.track(this, this.#config.presenceKey, payload as Record<string, unknown>);
    this.socket.reply(frame, 'ok');
  }

  /** A refreshed token: the channel lives on if it still may receive what it did. API keys never replace a token. */
  async #accessToken(token: unknown): Promise<void> {
    if (typeof token !== 'string' || token.startsWith('sb_') || token === this.#token) return;
    try {
      const claims = await this.#services.tokens.verify(token);
      const identity = { claims, headers: this.rights.identity.headers };
      const answer = await this.rights.ask(identity);
      if (!this.#open) return;
      this.#token = token;
      this.rights.identity = identity;
      this.recheck(answer);
      if (this.#open) this.#confirmToken();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.shutdown(error.message);
    }
  }

  #confirmToken(): void {
    if (this.#tokenTimer) clearTimeout(this.#tokenTimer);
    const { exp } = this.rights.identity.claims;
    const left = exp * 1000 - Date.now();
    if (left <= 0) return this.shutdown(expired(exp).message);
    this.#tokenTimer = setTimeout(() => this.#confirmToken(), Math.min(left, confirmTokenMs));
  }
}

import type { WebSocket } from 'ws';
import type { Channel } from './channel.ts';
import { join } from './join.ts';
import { RateCounter } from './limits.ts';
import { errorText, log } from './log.ts';
import {
  type ClientFrame,
  MalformedFrame,
  type Version,
  type WireFrame,
  decodeFrame,
  encodeReply,
} from './serializer.ts';
import type { Services } from './services.ts';

export interface Handshake {
  version: Version;
  /** The API key, or the token given in its place: whose rights a join without a token of its own has. */
  token: string;
  /** `x-…` headers, for policies that read `request.headers`. */
  headers: Record<string, string>;
}

/** One connection of a client, with its channels. */
export class Socket {
  readonly version: Version;
  readonly token: string;
  readonly headers: Record<string, string>;
  /** By their name on the wire. */
  readonly channels = new Map<string, Channel>();
  readonly joins: RateCounter;
  /** Joins that are not answered yet: each may become a channel. */
  joining = 0;
  #events: RateCounter;
  #services: Services;
  #ws: WebSocket;
  /** Topics whose last event is still being worked on: the next one waits, so that each topic keeps its order. */
  #busy = new Map<string, Promise<void>>();
  #heardAt = Date.now();
  #emptySince = Date.now();

  constructor(services: Services, ws: WebSocket, handshake: Handshake) {
    this.version = handshake.version;
    this.token = handshake.token;
    this.headers = handshake.headers;
    this.joins = new RateCounter(services.limits.joinsPerSecond);
    this.#events = new RateCounter(services.limits.eventsPerSecond);
    this.#services = services;
    this.#ws = ws;
    ws.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    ws.on('close', () => this.#closed());
    ws.on('error', (error) => log('info', 'socket error', { error: error.message }));
  }

  get open(): boolean {
    return this.#ws.readyState === this.#ws.OPEN;
  }

  /** A reader that does not keep up is cut off: it will come back and fill its gap, memory would not. */
  send(frame: WireFrame): void {
    if (!this.open) return;
    if (this.#ws.bufferedAmount > this.#services.limits.bufferedBytes) {
      log('warn', 'slow reader disconnected', { bufferedBytes: this.#ws.bufferedAmount });
      this.#ws.terminate();
      return;
    }
    this.#ws.send(frame.data, { binary: frame.binary });
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }

  terminate(): void {
    this.#ws.terminate();
  }

  /** Called every few seconds: ends a connection that fell silent or on which nothing is joined. */
  checkIdle(now = Date.now()): void {
    if (this.channels.size > 0) this.#emptySince = now;
    const { idleMs, emptyMs } = this.#services.limits;
    if (now - this.#heardAt > idleMs) {
      this.close(1000, 'no heartbeat');
      // A peer that is gone answers no closing handshake either.
      setTimeout(() => this.terminate(), 2000).unref();
    } else if (now - this.#emptySince > emptyMs) {
      this.close(1000, 'no channel joined');
    }
  }

  #receive(data: Buffer, isBinary: boolean): void {
    this.#heardAt = Date.now();
    let frame: ClientFrame;
    const withinRate = this.#events.add();
    try {
      frame = decodeFrame(this.version, data, isBinary);
    } catch (error) {
      if (!(error instanceof MalformedFrame)) throw error;
      log('warn', 'MalformedWebSocketMessage', { error: error.message });
      return;
    }
    if (!withinRate) {
      this.channels.get(frame.topic)?.shutdown('Too many messages per second');
      return;
    }
    const before = this.#busy.get(frame.topic);
    const work = before ? before.then(() => this.#handle(frame)) : this.#handle(frame);
    if (work) this.#workOn(frame.topic, work);
  }

  #workOn(topic: string, work: Promise<void>): void {
    const done = work.catch((error: unknown) => {
      log('error', 'UnknownErrorOnWebSocketMessage', { topic, error: errorText(error) });
      this.channels.get(topic)?.fail();
    });
    this.#busy.set(topic, done);
    void done.then(() => {
      if (this.#busy.get(topic) === done) this.#busy.delete(topic);
    });
  }

  #handle(frame: ClientFrame): void | Promise<void> {
    const { topic, event } = frame;
    if (topic === 'phoenix' && event === 'heartbeat') return this.reply(frame, 'ok');
    const channel = this.channels.get(topic);
    if (event === 'phx_join' && topic.startsWith('realtime:')) {
      // The older one is told first; by its own reference, which the newer one ignores.
      channel?.end('phx_close');
      return join(this.#services, this, frame);
    }
    if (event === 'phx_leave') return this.#leave(frame, channel);
    if (!channel) return this.reply(frame, 'error', { reason: 'unmatched topic' });
    return channel.handle(frame);
  }

  #leave(frame: ClientFrame, channel: Channel | undefined): void {
    if (!channel) return this.reply(frame, 'ok');
    // A leave of an earlier join of the same topic: that one has been closed already.
    if (frame.joinRef !== null && frame.joinRef !== channel.joinRef) return;
    this.reply(frame, 'ok');
    channel.end('phx_close');
  }

  /** Answers a frame of the client. */
  reply({ joinRef, ref, topic }: ClientFrame, status: 'ok' | 'error', response: unknown = {}): void {
    this.send(encodeReply(this.version, { joinRef, ref, topic }, status, response));
  }

  #closed(): void {
    for (const channel of [...this.channels.values()]) channel.close();
  }
}

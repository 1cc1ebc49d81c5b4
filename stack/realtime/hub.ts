import type { Channel } from './channel.ts';
import { Presence, type PresenceState } from './presence.ts';
import { type Broadcast, type Version, type WireFrame, encodeBroadcast, encodeMessage } from './serializer.ts';

/** Changes of presence within this time make one message. */
const presencePauseMs = 50;

/** One topic and its open channels. It exists while it has any. */
export class Topic {
  readonly name: string;
  readonly channels = new Set<Channel>();
  #presence = new Presence<Channel>();
  #diffTimer: NodeJS.Timeout | null = null;

  constructor(name: string) {
    this.name = name;
  }

  /** Sends to every channel that may receive; encoded once for each version of the protocol, whoever many listen. */
  broadcast(broadcast: Broadcast, except?: Channel): void {
    const id = broadcast.meta?.id;
    this.#sendAll(
      'broadcast',
      (version, wireTopic) => encodeBroadcast(version, wireTopic, broadcast),
      (channel) => channel === except || (id !== undefined && channel.replayed?.has(id) === true),
    );
  }

  track(channel: Channel, key: string, payload: Record<string, unknown>): void {
    this.#presence.track(channel, key, payload);
    this.#scheduleDiff();
  }

  untrack(channel: Channel): void {
    this.#presence.untrack(channel);
    this.#scheduleDiff();
  }

  presenceState(): PresenceState {
    return this.#presence.state();
  }

  /** Tells what has changed so far, so that who joins now is not told again what its first state holds. */
  flushPresence(): void {
    if (this.#diffTimer) clearTimeout(this.#diffTimer);
    this.#diffTimer = null;
    const payload = this.#presence.takeDiff();
    if (!payload) return;
    this.#sendAll('presence', (version, topic) =>
      encodeMessage(version, { joinRef: null, ref: null, topic, event: 'presence_diff', payload }),
    );
  }

  #scheduleDiff(): void {
    this.#diffTimer ??= setTimeout(() => this.flushPresence(), presencePauseMs);
  }

  #sendAll(
    right: 'broadcast' | 'presence',
    encode: (version: Version, wireTopic: string) => WireFrame | null,
    except?: (channel: Channel) => boolean,
  ): void {
    const frames = new Map<Version, WireFrame | null>();
    for (const channel of this.channels) {
      if (except?.(channel) || channel.rights.receive[right] !== true) continue;
      const version = channel.socket.version;
      let frame = frames.get(version);
      if (frame === undefined) {
        frame = encode(version, channel.wireTopic);
        frames.set(version, frame);
      }
      if (frame) channel.socket.send(frame);
    }
  }
}

/** Every open channel of this server, by topic. */
export class Hub {
  readonly topics = new Map<string, Topic>();

  /** Messages to a topic that nobody has joined go nowhere. */
  broadcast(name: string, broadcast: Broadcast, except?: Channel): void {
    this.topics.get(name)?.broadcast(broadcast, except);
  }

  add(name: string, channel: Channel): Topic {
    let topic = this.topics.get(name);
    if (!topic) {
      topic = new Topic(name);
      this.topics.set(name, topic);
    }
    topic.flushPresence();
    topic.channels.add(channel);
    return topic;
  }

  remove(topic: Topic, channel: Channel): void {
    if (!topic.channels.delete(channel)) return;
    topic.untrack(channel);
    if (topic.channels.size > 0) return;
    topic.flushPresence();
    this.topics.delete(topic.name);
  }

  /** A break in the stream of messages: every client joins again and fills its gap. */
  failAll(): void {
    for (const topic of [...this.topics.values()]) for (const channel of [...topic.channels]) channel.fail();
  }
}

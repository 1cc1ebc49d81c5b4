import { setTimeout as sleep } from 'node:timers/promises';
import type { Authorization, Extension } from './authorization.ts';
import type { Channel } from './channel.ts';
import type { Hub } from './hub.ts';
import { errorText, log } from './log.ts';

/** Identities asked about in one statement. */
const batchSize = 200;
/** The sweep works at most this share of the time, however many channels are open; more where rights are known to have changed. */
const greatestShare = 0.05;
const hurriedShare = 0.2;
/** Between two sweeps, however often rights change. */
const leastPauseMs = 100;
const extensions: Extension[] = ['broadcast', 'presence'];

/**
 * Asks the policies again for every open channel, over and over, and closes those whose right is gone. So whatever a
 * policy reads, a removed member loses the channel within seconds, and no part of the product has to announce it. Where one
 * does (`hurry`), it is a matter of milliseconds.
 * docs/decisions/realtime-reauthorization.md has the reasons.
 */
export class Reauthorization {
  #hub: Hub;
  #authorization: Authorization;
  #pauseMs: number;
  #stop = new AbortController();
  #running: Promise<void> | null = null;
  #hurried = false;
  #wake = new AbortController();

  constructor(hub: Hub, authorization: Authorization, pauseSeconds: number) {
    this.#hub = hub;
    this.#authorization = authorization;
    this.#pauseMs = pauseSeconds * 1000;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Rights have changed somewhere: all channels are asked about now. */
  hurry(): void {
    this.#hurried = true;
    this.#wake.abort();
  }

  async #run(): Promise<void> {
    let tookMs = 0;
    while (!this.#stop.signal.aborted) {
      await this.#pause(tookMs);
      const everyone = this.#hurried;
      this.#hurried = false;
      this.#wake = new AbortController();
      const begun = Date.now();
      for (const topic of [...this.#hub.topics.values()]) {
        if (this.#stop.signal.aborted) return;
        const due = [...topic.channels].filter(
          ({ rights }) => everyone || begun - rights.checkedAt >= this.#pauseMs / 2,
        );
        try {
          await this.#check(topic.name, due);
        } catch (error) {
          // The database is away. Its return fails every channel, and who comes back is asked again.
          log('warn', 'rights not checked again', { topic: topic.name, error: errorText(error) });
        }
      }
      tookMs = Date.now() - begun;
    }
  }

  async #pause(tookMs: number): Promise<void> {
    const begun = Date.now();
    const until = async (ms: number, signal: AbortSignal) =>
      sleep(Math.max(0, ms - (Date.now() - begun)), undefined, { signal }).catch(() => undefined);
    if (!this.#hurried)
      await until(
        Math.max(this.#pauseMs, tookMs / greatestShare),
        AbortSignal.any([this.#stop.signal, this.#wake.signal]),
      );
    if (this.#hurried) await until(Math.max(leastPauseMs, tookMs / hurriedShare), this.#stop.signal);
  }

  /** Channels with the same token count once. */
  async #check(topic: string, channels: Channel[]): Promise<void> {
    const groups = Map.groupBy(channels, ({ rights }) => JSON.stringify(rights.identity));
    const entries = [...groups.values()];
    const asked = new Map(channels.map((channel) => [channel, channel.rights.identity]));
    for (let start = 0; start < entries.length; start += batchSize) {
      const batch = entries.slice(start, start + batchSize);
      const identities = batch.map((group) => group[0]!.rights.identity);
      const answers = await this.#authorization.read(topic, extensions, identities);
      batch.forEach((group, index) => {
        for (const channel of group) {
          // A token refreshed meanwhile has just been checked itself.
          if (channel.rights.identity === asked.get(channel)) channel.recheck(answers[index] ?? {});
        }
      });
    }
  }
}

import { measure, type ServerClock } from './clock.ts';
import { connect, type Watcher } from './connection.ts';
import { newFeed, step, type Feed, type FeedEffect, type FeedEvent } from './feed.ts';
import { parseLine, parseLines, type Line } from './line.ts';
import { fetchLines, ReadError, type LinesAnswer } from './lines-answer.ts';
import { applyState, isRunningRow, type SessionRow } from './session-state.ts';
import { Transcript, type Merged } from './transcript.ts';

const linesPerRead = 500;
const olderPerRead = 200;

export interface NpcChange {
  /** Null: all of them. */
  npc: string | null;
  muted: boolean;
  by: string;
}

export interface LiveSessionStart {
  session: SessionRow;
  lines: readonly Line[];
  /** True when the session has lines before the ones given. */
  hasOlder: boolean;
  /** Server time of the page, milliseconds. */
  now: number;
  me: Watcher;
}

export interface LiveSessionEvents {
  /** Lines that were not there before, as they arrive or are caught up. */
  lines?: (merged: Merged) => void;
  npc?: (change: NpcChange) => void;
}

/** A session as the console follows it: its row, its transcript, who watches, and how the page's own connection does. */
export class LiveSession {
  session = $state.raw() as SessionRow;
  lines = $state.raw<readonly Line[]>([]);
  watchers = $state.raw<readonly Watcher[]>([]);
  feed = $state.raw() as Feed;
  hasOlder = $state(false);
  loadingOlder = $state(false);
  /** Lines of the whole session, once it has ended. */
  total = $state<number | null>(null);
  /** Server time in milliseconds, a tick every second. */
  now = $state(0);

  #transcript = new Transcript();
  #buffer: Line[] = [];
  #clock: ServerClock | null = null;
  #pageOffset: number;
  #me: Watcher;
  #on: LiveSessionEvents;
  #leave: (() => void) | null = null;
  #running = false;

  constructor(start: LiveSessionStart, on: LiveSessionEvents = {}) {
    this.session = start.session;
    this.hasOlder = start.hasOlder;
    this.now = start.now;
    this.#pageOffset = start.now - Date.now();
    this.#me = start.me;
    this.#on = on;
    this.feed = newFeed(Date.now());
    this.#transcript.merge(start.lines, Date.now());
    this.lines = this.#transcript.lines;
  }

  /** Goes live; the function returned stops everything. In the browser only. */
  start(): () => void {
    this.#running = true;
    const timer = setInterval(() => {
      this.now = this.serverNow();
      this.#send({ type: 'tick' });
    }, 1000);
    const online = () => this.#send({ type: 'online' });
    const offline = () => this.#send({ type: 'offline' });
    const visibility = () => this.#send({ type: document.hidden ? 'hidden' : 'visible' });
    window.addEventListener('online', online);
    window.addEventListener('offline', offline);
    document.addEventListener('visibilitychange', visibility);
    this.#send({ type: 'start', online: navigator.onLine });
    return () => {
      this.#running = false;
      clearInterval(timer);
      window.removeEventListener('online', online);
      window.removeEventListener('offline', offline);
      document.removeEventListener('visibilitychange', visibility);
      this.#disconnect();
    };
  }

  serverNow(): number {
    return Date.now() + (this.#clock?.offset ?? this.#pageOffset);
  }

  retry(): void {
    this.#send({ type: 'retry_now' });
  }

  /** Reads the row and the newest lines, for a change that this page itself has caused. */
  refresh(): void {
    this.#send({ type: 'refresh' });
  }

  /** Lines before the first one here; the view decides how to keep its place. */
  async loadOlder(): Promise<void> {
    if (this.loadingOlder || !this.hasOlder) return;
    this.loadingOlder = true;
    try {
      const before = this.#transcript.oldestId;
      const answer = await this.#ask({ before }, olderPerRead);
      const lines = parseLines(answer.lines);
      this.hasOlder = answer.lines.length === olderPerRead;
      this.#transcript.merge(lines, Date.now());
      this.lines = this.#transcript.lines;
    } catch (failure) {
      if (!(failure instanceof ReadError)) throw failure;
    } finally {
      this.loadingOlder = false;
    }
  }

  #send(event: FeedEvent): void {
    if (!this.#running) return;
    const next = step(this.feed, event, Date.now(), Math.random());
    this.feed = next.feed;
    for (const effect of next.effects) this.#do(effect);
  }

  #do(effect: FeedEffect): void {
    switch (effect) {
      case 'join':
        this.#join();
        break;
      case 'leave':
        this.#disconnect();
        this.watchers = [];
        break;
      case 'read':
        void this.#read();
        break;
      case 'clear':
        this.#transcript.clear();
        this.#buffer = [];
        this.lines = [];
        break;
    }
  }

  #disconnect(): void {
    this.#leave?.();
    this.#leave = null;
  }

  #join(): void {
    this.#disconnect();
    this.#leave = connect(this.session.id, this.#me, {
      joined: () => this.#send({ type: 'joined' }),
      lost: () => {
        this.#leave = null;
        this.#send({ type: 'lost' });
      },
      signedOut: () => this.#send({ type: 'read_failed', reason: 'signed_out' }),
      line: (payload) => this.#lineArrived(payload),
      state: (payload) => this.#stateArrived(payload),
      npc: (payload) => this.#npcArrived(payload),
      watchers: (watchers) => (this.watchers = watchers),
    });
  }

  #lineArrived(payload: unknown): void {
    const line = parseLine(payload);
    this.#send({ type: 'heard' });
    if (!line) return;
    this.#send({ type: 'line_arrived', id: line.id });
    // What was missed belongs before it: it waits until the catch-up is done.
    if (this.feed.phase.kind === 'catching_up') this.#buffer.push(line);
    else this.#merge([line]);
  }

  #stateArrived(payload: unknown): void {
    if (typeof payload !== 'object' || payload === null) return;
    const { newest_line_id: newest, ...change } = payload as Partial<SessionRow> & { newest_line_id?: unknown };
    const ending = this.session.state !== 'ended' && change.state === 'ended';
    this.session = applyState(this.session, change);
    if (ending) this.refresh();
    const id = Number(newest);
    if (!Number.isSafeInteger(id) || id <= 0) return this.#send({ type: 'heard' });
    this.#send({ type: 'newest', id, known: this.#transcript.has(id) || this.#buffer.some((line) => line.id === id) });
  }

  #npcArrived(payload: unknown): void {
    this.#send({ type: 'heard' });
    if (typeof payload !== 'object' || payload === null) return;
    const { npc, muted, by } = payload as Record<string, unknown>;
    if (typeof muted !== 'boolean') return;
    this.#on.npc?.({ npc: typeof npc === 'string' ? npc : null, muted, by: typeof by === 'string' ? by : '' });
  }

  #merge(lines: readonly Line[]): number {
    const merged = this.#transcript.merge(lines, Date.now());
    if (merged.added.length > 0) {
      this.lines = this.#transcript.lines;
      this.#on.lines?.(merged);
    }
    return merged.added.length;
  }

  #flush(): void {
    const waiting = this.#buffer;
    this.#buffer = [];
    this.#merge(waiting);
  }

  async #ask(range: { after: number } | { before: number }, limit: number): Promise<LinesAnswer> {
    const sentAt = Date.now();
    const answer = await fetchLines(this.session.id, range, limit);
    this.#clock = measure(this.#clock, { sentAt, receivedAt: Date.now(), serverTime: answer.now });
    this.session = applyState(answer.session, this.session);
    this.total = answer.total;
    return answer;
  }

  async #read(): Promise<void> {
    try {
      let after = this.#transcript.resumeAfter(this.feed.brokenAt ?? Date.now());
      for (;;) {
        const answer = await this.#ask({ after }, linesPerRead);
        if (!this.#running) return;
        const count = this.#merge(parseLines(answer.lines));
        this.#send({ type: 'read_progress', count });
        const last = answer.lines.at(-1);
        if (!last || answer.lines.length < linesPerRead) break;
        after = last.id;
      }
    } catch (failure) {
      if (!(failure instanceof ReadError)) throw failure;
      this.#flush();
      this.#send({ type: 'read_failed', reason: failure.reason });
      return;
    }
    this.#flush();
    this.#send({ type: 'read_done' });
  }

  /** Whether anything can still change. */
  get running(): boolean {
    return isRunningRow(this.session);
  }
}

import { type Database, errorText } from './database.ts';
import { campaignLanguage, type Npc } from './npc-store.ts';
import { ScriptReader, type ScriptedLine, scriptFor } from './script-reader.ts';
import type { Pace } from './settings.ts';
import { npcId, type TranscriptEntry, TranscriptStore } from './transcript-store.ts';

/** What a worker is started with. */
export interface WorkerOptions {
  sessionId: string;
  tenantId: string;
  campaignId: string;
  guildId: string;
  channelId: string;
  npcs: readonly Npc[];
}

/** What the worker tells the gateway. */
export interface WorkerCallback {
  reportState(sessionId: string, state: 'active' | 'ended', error: string): Promise<void>;
  heartbeat(sessionId: string): Promise<void>;
}

/** A pause between two speakers, and how long a letter takes to say. */
const breathMs = 900;
const letterMs = 62;

function spokenMs(text: string): number {
  return 350 + text.length * letterMs;
}

/** Plays one session: people and NPCs talk until it is stopped. */
export class Worker {
  readonly options: WorkerOptions;
  readonly startedAt = new Date();
  readonly transcript: TranscriptStore;
  readonly #database: Database;
  readonly #gateway: WorkerCallback;
  readonly #pace: () => Pace;
  readonly #muted = new Set<string>();
  readonly #puppets = new Set<NodeJS.Timeout>();
  #script: ScriptReader | undefined;
  #nextLine: NodeJS.Timeout | undefined;
  #nextHeartbeat: NodeJS.Timeout | undefined;
  #state: 'starting' | 'active' | 'ended' | 'dead' = 'starting';
  #written = 0;
  /** Lines are written one after the other, so that ids follow the talk. */
  #writing: Promise<void> = Promise.resolve();

  constructor(options: WorkerOptions, database: Database, gateway: WorkerCallback, pace: () => Pace) {
    this.options = options;
    this.#database = database;
    this.#gateway = gateway;
    this.#pace = pace;
    this.transcript = new TranscriptStore(database, options.tenantId, options.campaignId);
  }

  get alive(): boolean {
    return this.#state === 'active';
  }

  get linesWritten(): number {
    return this.#written;
  }

  get npcs(): { id: string; name: string; muted: boolean }[] {
    return this.options.npcs.map(({ name }, index) => ({ id: npcId(index, name), name, muted: this.#muted.has(name) }));
  }

  /** Makes the tenant's schema ready, reports ACTIVE and begins to play. */
  async start(): Promise<void> {
    const { sessionId, tenantId, campaignId, npcs } = this.options;
    if (npcs.length === 0) throw new Error('no NPCs configured');
    await this.transcript.migrate();
    await this.transcript.rememberNpcs(npcs, sessionId);
    const language = await campaignLanguage(this.#database, tenantId, campaignId);
    this.#script = new ScriptReader(
      scriptFor(language),
      npcs.map(({ name }) => name),
    );
    await this.#gateway.reportState(sessionId, 'active', '');
    this.#state = 'active';
    this.repace();
  }

  /** Follows a change of pace at once. */
  repace(): void {
    if (!this.alive) return;
    this.#scheduleHeartbeat();
    this.#scheduleLine(breathMs);
  }

  /** Says goodbye, then reports ENDED. */
  async stop(): Promise<void> {
    if (!this.alive) return;
    this.#fallSilent('ended');
    for (const line of this.#script?.goodbye() ?? []) await this.#perform(line);
    await this.#gateway.reportState(this.options.sessionId, 'ended', '');
  }

  /**
   * Ends without a word, as a process that is killed: no more lines, no sign of life, no report. Resolves when the line that was
   * being written is.
   */
  async die(): Promise<void> {
    this.#fallSilent('dead');
    await this.#writing;
  }

  /** False when the session has no such NPC. */
  mute(name: string, muted: boolean): boolean {
    if (!this.options.npcs.some((npc) => npc.name === name)) return false;
    if (muted) this.#muted.add(name);
    else this.#muted.delete(name);
    return true;
  }

  /** How many changed. */
  muteAll(muted: boolean): number {
    const changing = this.npcs.filter((npc) => npc.muted !== muted);
    for (const { name } of changing) this.mute(name, muted);
    return changing.length;
  }

  /**
   * The NPC says this after a moment, even when muted: muting silences what it would say by itself. False when the session has no
   * such NPC.
   */
  speak(name: string, text: string): boolean {
    const index = this.options.npcs.findIndex((npc) => npc.name === name);
    if (index < 0) return false;
    const timer = setTimeout(() => {
      this.#puppets.delete(timer);
      void this.#writeLine({ speaker: { npc: index }, text, rawText: '' });
    }, this.#pace().speak_ms);
    this.#puppets.add(timer);
    return true;
  }

  /** Writes an entry after those that are being written. */
  async write(entry: TranscriptEntry): Promise<void> {
    const written = this.#writing.then(async () => {
      if (this.#state !== 'dead') await this.transcript.write(this.options.sessionId, entry);
    });
    // The next one waits for this one, not for its success, which is its own caller's concern.
    this.#writing = written.catch(() => undefined);
    await written;
    this.#written += 1;
  }

  /** The table plays on when a line or a sign of life is lost. */
  readonly #complain = (error: unknown): void => {
    console.error(`session ${this.options.sessionId}: ${errorText(error)}`);
  };

  #fallSilent(state: 'ended' | 'dead'): void {
    this.#state = state;
    clearTimeout(this.#nextLine);
    clearTimeout(this.#nextHeartbeat);
    for (const timer of this.#puppets) clearTimeout(timer);
    this.#puppets.clear();
  }

  #scheduleHeartbeat(): void {
    clearTimeout(this.#nextHeartbeat);
    this.#nextHeartbeat = setTimeout(() => {
      this.#gateway.heartbeat(this.options.sessionId).catch(this.#complain);
      this.#scheduleHeartbeat();
    }, this.#pace().heartbeat_ms);
  }

  #scheduleLine(speakingMs: number): void {
    clearTimeout(this.#nextLine);
    const perSecond = this.#pace().lines_per_second;
    if (!this.alive || perSecond === 0) return;
    const wait = perSecond === null ? speakingMs : 1000 / perSecond;
    this.#nextLine = setTimeout(() => void this.#speakNext(), wait);
  }

  /** The next line is due after this one is written, so that a slow database slows the talk instead of piling it up. */
  async #speakNext(): Promise<void> {
    const line = this.#script?.next();
    if (!line) return;
    await this.#perform(line);
    this.#scheduleLine(spokenMs(line.text) + breathMs);
  }

  /** Writes a scripted line, unless its NPC is muted. */
  async #perform(line: ScriptedLine): Promise<void> {
    if ('npc' in line.speaker && this.npcs[line.speaker.npc]?.muted) return;
    await this.#writeLine(line);
  }

  async #writeLine({ speaker, text, rawText }: ScriptedLine): Promise<void> {
    const npc = 'npc' in speaker ? this.npcs[speaker.npc] : undefined;
    const [speakerId, speakerName] =
      'npc' in speaker ? [npc?.name ?? '', npc?.name ?? ''] : [speaker.playerId, speaker.playerName];
    const entry = {
      speakerId,
      speakerName,
      text,
      rawText,
      npcId: npc?.id ?? '',
      timestamp: new Date(),
      durationNs: spokenMs(text) * 1e6,
    };
    await this.write(entry).catch(this.#complain);
  }
}

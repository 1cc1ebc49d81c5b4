import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { LogicalReplicationService, type Pgoutput, PgoutputPlugin } from 'pg-logical-replication';
import { errorText, log } from './log.ts';
import type { Broadcast } from './serializer.ts';

const publication = 'supabase_realtime_messages_publication';

export interface ReplicationEvents {
  /** A row of realtime.messages was committed. */
  message: (topic: string, broadcast: Broadcast) => void;
  /** The stream broke: messages from here to the next start are never seen. */
  lost: () => void;
}

/**
 * A temporary slot, made on the very connection that streams from it. It dies with the connection, so a server that
 * is gone never makes Postgres keep WAL. What was committed meanwhile is not sent again: whoever may have missed it is
 * told by `lost`, joins again and reads the gap from its own tables.
 */
class TemporarySlotPlugin extends PgoutputPlugin {
  override async start(client: Client, slotName: string, lastLsn: string): Promise<unknown> {
    await client.query(`CREATE_REPLICATION_SLOT "${slotName}" TEMPORARY LOGICAL pgoutput NOEXPORT_SNAPSHOT`);
    return super.start(client, slotName, lastLsn);
  }

  override parse(buffer: Buffer): Pgoutput.Message {
    const message = super.parse(buffer);
    // The columns stay text: a payload is passed on as Postgres wrote it, not parsed and written again.
    if (message.tag === 'relation') for (const column of message.columns) column.parser = String;
    return message;
  }
}

/** Follows the inserts into realtime.messages and starts again after every failure until stopped. */
export class Replication {
  #databaseUrl: string;
  #events: ReplicationEvents;
  #service: LogicalReplicationService | null = null;
  #stopped = false;
  #running: Promise<void> | null = null;
  #streaming = false;
  #waiting = new Set<() => void>();

  constructor(databaseUrl: string, events: ReplicationEvents) {
    this.#databaseUrl = databaseUrl;
    this.#events = events;
  }

  get streaming(): boolean {
    return this.#streaming;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#service?.destroy();
    await this.#running;
  }

  /** Resolves to true once the stream runs, to false if it does not within the time. */
  async ready(timeoutMs: number): Promise<boolean> {
    if (this.#streaming) return true;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, timeoutMs);
      const waiting = this.#waiting;
      function done() {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      }
      waiting.add(done);
    });
    return this.#streaming;
  }

  async #run(): Promise<void> {
    let pauseMs = 100;
    while (!this.#stopped) {
      try {
        await this.#stream();
      } catch (error) {
        if (!this.#stopped) log('warn', 'replication stream ended', { error: errorText(error) });
      }
      if (this.#streaming) {
        this.#streaming = false;
        pauseMs = 100;
        if (!this.#stopped) this.#events.lost();
      }
      if (!this.#stopped) await sleep(pauseMs);
      pauseMs = Math.min(pauseMs * 2, 3000);
    }
  }

  /** One connection from its start to its end. */
  async #stream(): Promise<void> {
    const service = new LogicalReplicationService(
      { connectionString: this.#databaseUrl, application_name: 'realtime_replication_connection', keepAlive: true },
      // Nothing is acknowledged row by row: the slot is temporary, so the position only lets old WAL go.
      { acknowledge: { auto: false, timeoutSeconds: 10 } },
    );
    this.#service = service;
    const ended = new Promise<never>((_, reject) => service.on('error', reject));
    ended.catch(() => undefined);
    service.on('start', () => {
      this.#streaming = true;
      for (const done of [...this.#waiting]) done();
      log('info', 'replication stream started');
    });
    service.on('heartbeat', (lsn, _time, wantsAnswer) => {
      if (wantsAnswer) void service.acknowledge(lsn);
    });
    service.on('data', (_lsn, message: Pgoutput.Message) => {
      if (message.tag === 'insert') this.#deliver(message.new as Record<string, string | null>);
    });
    const plugin = new TemporarySlotPlugin({ protoVersion: 1, publicationNames: [publication] });
    const slotName = `supabase_realtime_messages_replication_slot_${randomBytes(6).toString('hex')}`;
    try {
      await Promise.race([service.subscribe(plugin, slotName), ended]);
    } finally {
      await service.destroy();
    }
  }

  #deliver({
    topic,
    event,
    payload,
    binary_payload: bytes,
    private: isPrivate,
    id,
  }: Record<string, string | null>): void {
    if (!topic || !event || !id) return;
    if (isPrivate !== 't') {
      log('warn', 'message to a public topic dropped: only private channels exist', { id });
      return;
    }
    const body = bytes ? Buffer.from(bytes.slice('\\x'.length), 'hex') : payload && Buffer.from(payload);
    if (!body) return;
    this.#events.message(topic, { event, encoding: bytes ? 'binary' : 'json', body, meta: { id } });
  }
}

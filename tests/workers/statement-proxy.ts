// Between a worker and Postgres: counts the statements of its transactions, and holds each of them at the same one, so that the worker
// can be killed exactly there. https://www.postgresql.org/docs/17/protocol-message-formats.html
import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';

/** A transaction of the worker: hands over from the outbox, or does one job. */
export type Kind = 'outbox' | 'job';

export interface Trap {
  kind: Kind;
  /** Counted from 1; `begin` is the first. */
  statement: number;
  /** Before: it never reaches the server. After: it is done, and the worker never hears of it. */
  when: 'before' | 'after';
}

export class StatementProxy {
  readonly #server: Server;
  readonly #target: URL;
  #trap: Trap | undefined;
  #held: string[] = [];
  /** Statements of each transaction that ended since the count began. */
  #lengths: { kind: Kind; statements: number }[] = [];

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((client) => this.#accept(client));
  }

  static async before(databaseUrl: string): Promise<StatementProxy> {
    const proxy = new StatementProxy(databaseUrl);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address === 'string' || !address) throw new Error('The proxy does not listen.');
    const url = new URL(this.#target);
    url.host = `127.0.0.1:${address.port}`;
    return url.href;
  }

  /** From now on every transaction of this kind stops at this statement. */
  set(trap: Trap): void {
    this.#held = [];
    this.#trap = trap;
  }

  disarm(): void {
    this.#trap = undefined;
  }

  /** What is held now. */
  get held(): readonly string[] {
    return this.#held;
  }

  /** Statements of the transactions of this kind since the last call. */
  takeLengths(kind: Kind): number[] {
    const lengths = this.#lengths.filter((one) => one.kind === kind).map(({ statements }) => statements);
    this.#lengths = [];
    return lengths;
  }

  close(): void {
    this.#server.close();
  }

  #accept(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
      socket.setNoDelay(true);
    }
    const messages = new Messages();
    const transaction = new Transaction();
    let mute = false;
    let stopped = false;
    server.on('data', (data) => {
      if (!mute) client.write(data);
    });
    client.on('data', (data) => {
      for (const message of messages.read(data)) {
        if (stopped) continue;
        const sql = messages.statement(message);
        if (sql !== undefined) {
          const ended = transaction.see(sql);
          if (ended) this.#lengths.push(ended);
          const trap = this.#trap;
          if (trap && transaction.kind === trap.kind && transaction.statements === trap.statement) {
            if (trap.when === 'before') stopped = true;
            else mute = true;
            // Its answer shows that the server is done with it.
            if (mute) server.once('data', () => this.#held.push(sql));
            else this.#held.push(sql);
          }
        }
        if (!stopped) server.write(message);
      }
    });
  }
}

/** What one connection's transaction has done so far. */
class Transaction {
  statements = 0;
  kind: Kind | undefined;
  #open = false;

  /** Returns what a transaction came to that ends with this statement. */
  see(sql: string): { kind: Kind; statements: number } | undefined {
    const text = sql.trim().toLowerCase();
    if (!this.#open) this.statements = 0;
    if (text === 'begin') [this.#open, this.kind] = [true, undefined];
    if (!this.#open) return undefined;
    this.statements += 1;
    if (this.statements === 2) this.kind = text.includes('private.take_outbox') ? 'outbox' : 'job';
    if (text !== 'commit' && text !== 'rollback') return undefined;
    this.#open = false;
    return this.kind && { kind: this.kind, statements: this.statements };
  }
}

/** Cuts what the worker sends into the messages of the protocol. */
class Messages {
  #rest: Buffer = Buffer.alloc(0);
  #started = false;

  read(data: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, data]);
    const found: Buffer[] = [];
    for (;;) {
      // The first message has no letter before its length.
      const offset = this.#started ? 1 : 0;
      if (this.#rest.length < offset + 4) return found;
      const length = offset + this.#rest.readInt32BE(offset);
      if (this.#rest.length < length) return found;
      found.push(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
      this.#started = true;
    }
  }

  /** The text of a query or of a statement to prepare. */
  statement(message: Buffer): string | undefined {
    const letter = String.fromCharCode(message[0] ?? 0);
    if (letter === 'Q') return message.toString('utf8', 5, message.length - 1);
    if (letter !== 'P') return undefined;
    const name = message.indexOf(0, 5);
    return message.toString('utf8', name + 1, message.indexOf(0, name + 1));
  }
}

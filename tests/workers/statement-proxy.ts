// Between a worker and Postgres: counts the statements of its transactions, and holds each of them at the same one, so that the worker
// can be killed exactly there. https://www.postgresql.org/docs/17/protocol-message-formats.html
import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';

/** A transaction of the worker: hands over from the outbox, or does one job. */
export type Kind = 'outbox' | 'job';

export interface Trap {
  kind: Kind;
  /** Counted from 1; `begin` is the first. */
  statement: number | 'commit';
  /** Before: it never reaches the server. After: it is done, and the worker never hears of it. */
  when: 'before' | 'after';
}

/** What a transaction has come to. */
export interface Progress {
  kind: Kind;
  /** Of a job's transaction: its queue. */
  job: string | undefined;
  statements: number;
}

/** One worker's way to its database. */
export class StatementProxy {
  readonly #server: Server;
  readonly #target: URL;
  readonly #opened = Promise.withResolvers<undefined>();
  #trap: Trap | undefined;
  #held: Progress[] = [];
  /** Transactions that ended since the count began. */
  #ended: Progress[] = [];
  readonly #transactions = new Set<Transaction>();

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((client) => void this.#accept(client));
  }

  /** Nothing comes through until it is opened, so that a worker may start while another one still works. */
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

  open(): void {
    this.#opened.resolve(undefined);
  }

  /** From now on every transaction of this kind stops at this statement. */
  set(trap: Trap): void {
    this.#trap = trap;
  }

  /** No transaction is under way. */
  get idle(): boolean {
    return [...this.#transactions].every(({ open }) => !open);
  }

  /** What is held now. */
  get held(): readonly Progress[] {
    return this.#held;
  }

  /** The transactions of this kind since the last call. */
  takeEnded(kind: Kind): Progress[] {
    const ended = this.#ended.filter((one) => one.kind === kind);
    this.#ended = [];
    return ended;
  }

  close(): void {
    this.#server.close();
  }

  async #accept(client: Socket): Promise<void> {
    client.on('error', () => client.destroy());
    await this.#opened.promise;
    if (client.destroyed) return;
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
    this.#transactions.add(transaction);
    client.on('close', () => this.#transactions.delete(transaction));
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
          if (ended) this.#ended.push(ended);
          const trap = this.#trap;
          const now = transaction.progress;
          if (
            trap &&
            now?.kind === trap.kind &&
            (trap.statement === now.statements || (ended && trap.statement === 'commit'))
          ) {
            if (trap.when === 'before') stopped = true;
            else mute = true;
            // Its answer shows that the server is done with it.
            if (mute) server.once('data', () => this.#held.push(now));
            else this.#held.push(now);
          }
        }
        if (!stopped) server.write(message);
      }
    });
  }
}

/** What one connection's transaction has done so far. */
class Transaction {
  #statements = 0;
  #kind: Kind | undefined;
  #job: string | undefined;
  #open = false;

  get open(): boolean {
    return this.#open;
  }

  /** Of the transaction that the last statement belongs to. */
  get progress(): Progress | undefined {
    return this.#kind && { kind: this.#kind, job: this.#job, statements: this.#statements };
  }

  /** Returns what a transaction came to that ends with this statement. */
  see(sql: string): Progress | undefined {
    const text = sql.trim().toLowerCase();
    if (text === 'begin') {
      this.#open = true;
      this.#statements = 0;
      this.#kind = this.#job = undefined;
    }
    if (!this.#open) {
      this.#kind = undefined;
      return undefined;
    }
    this.#statements += 1;
    if (this.#statements === 2) this.#kind = text.includes('private.take_outbox') ? 'outbox' : 'job';
    // pg-boss writes the queue's name into the statement that takes a job.
    if (this.#kind === 'job' && this.#statements === 3) this.#job = /name = '([a-z.]+)'/.exec(text)?.[1];
    if (text !== 'commit' && text !== 'rollback') return undefined;
    this.#open = false;
    return this.progress;
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

import pg from 'pg';
import { errorText, log } from './log.ts';
import { Refusal, databaseUnavailable } from './refusal.ts';
import type { Claims } from './tokens.ts';

export type Extension = 'broadcast' | 'presence';
export type Rights = Partial<Record<Extension, boolean>>;

/** As whom the policies are asked: what a policy can see of a connection. */
export interface Identity {
  claims: Claims;
  /** The `x-…` headers of the handshake, as `request.headers`. */
  headers: Record<string, string>;
}

/** A token can name any role; only these may be taken. The server's own role owns the table and would pass every policy. */
const apiRoles = ['anon', 'authenticated', 'service_role'];

/** Checks waiting for a connection, after which new ones are refused instead of queued. */
const longestQueue = 5000;

/** Asks the policies on realtime.messages, through the functions of 50-realtime.sql. */
export class Authorization {
  #pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.#pool = new pg.Pool({
      connectionString: databaseUrl,
      application_name: 'realtime',
      max: 4,
      connectionTimeoutMillis: 5000,
      statement_timeout: 5000,
    });
    // An idle connection that breaks is replaced by the next query; without a listener it would end the process.
    this.#pool.on('error', (error) => log('warn', 'database connection lost', { error: error.message }));
  }

  /** What each identity may receive on the topic, in their order; an Error where the policy itself failed. */
  async read(topic: string, extensions: Extension[], identities: Identity[]): Promise<(Rights | Error)[]> {
    const askable = identities.filter(hasApiRole);
    const answers = askable.length
      ? await this.#ask<(Rights & { error?: string })[]>('select realtime.check_read($1, $2, $3) as answer', [
          topic,
          extensions,
          JSON.stringify(askable),
        ])
      : [];
    const rest = answers.values();
    return identities.map((identity) => {
      if (!hasApiRole(identity)) return {};
      const { error, ...rights } = rest.next().value ?? { error: 'no answer' };
      return error === undefined ? rights : new Error(error);
    });
  }

  /** What the identity may send on the topic; a policy that fails is an error. */
  async write(topic: string, extensions: Extension[], identity: Identity): Promise<Rights> {
    if (!hasApiRole(identity)) return {};
    return this.#ask<Rights>('select realtime.check_write($1, $2, $3) as answer', [
      topic,
      extensions,
      JSON.stringify(identity),
    ]);
  }

  /** Runs a statement of the server's own (partitions, replay, health). */
  async query<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query<Row>(sql, values)).rows;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #ask<Answer>(sql: string, values: unknown[]): Promise<Answer> {
    if (this.#pool.waitingCount > longestQueue) {
      throw new Refusal('IncreaseConnectionPool', 'Please increase your connection pool size');
    }
    try {
      const { rows } = await this.#pool.query<{ answer: Answer }>(sql, values);
      return rows[0]!.answer;
    } catch (error) {
      throw databaseRefusal(error);
    }
  }
}

function hasApiRole(identity: Identity): boolean {
  return apiRoles.includes(identity.claims.role);
}

function databaseRefusal(error: unknown): Refusal {
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  log('error', 'rights could not be checked', { code, error: errorText(error) });
  if (code === '57014') return new Refusal('QueryCanceled', 'Query was cancelled, please try again');
  if (code === '23514') {
    return new Refusal('MissingPartition', 'Realtime was unable to find the expected messages partition');
  }
  // The server is going down or not up yet; any other error of SQL comes from a policy.
  if (code === undefined || code.startsWith('57P') || code.startsWith('08') || code.startsWith('53')) {
    return databaseUnavailable();
  }
  return new Refusal('RlsPolicyError', 'The policies on realtime.messages could not be evaluated');
}

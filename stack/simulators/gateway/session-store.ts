import { randomUUID } from 'node:crypto';
import { type Database, wrap } from './database.ts';

export type SessionState = 'pending' | 'active' | 'ended';

/** A row of public.sessions. */
export interface Session {
  id: string;
  tenantId: string;
  campaignId: string;
  guildId: string;
  channelId: string;
  licenseTier: string;
  state: SessionState;
  error: string | null;
  startedAt: Date;
}

const columns = `id, tenant_id as "tenantId", campaign_id as "campaignId", guild_id as "guildId",
  channel_id as "channelId", license_tier as "licenseTier", state, error, started_at as "startedAt"`;

const heartbeatLost = `(last_heartbeat is not null and last_heartbeat < now() - $1::interval)
  or (last_heartbeat is null and state != 'pending' and started_at < now() - $1::interval)`;

function interval(ms: number): string {
  return `${ms} milliseconds`;
}

/** The gateway's orchestrator: session rows and the hours that are booked from them. */
export class SessionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Inserts the pending row. Constraints and triggers decide whether it may be; their errors come wrapped. */
  async create(session: Omit<Session, 'id' | 'state' | 'error' | 'startedAt'>): Promise<string> {
    const id = randomUUID();
    const { tenantId, campaignId, guildId, channelId, licenseTier } = session;
    try {
      await this.#database.query(
        `insert into sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state, started_at)
         values ($1, $2, $3, $4, $5, $6, 'pending', now())`,
        [id, tenantId, campaignId, guildId, channelId, licenseTier],
      );
    } catch (error) {
      throw wrap('sessionorch: create session', error);
    }
    return id;
  }

  /** Does nothing to an ended session. A clean end leaves an empty error, not null. */
  async transition(id: string, state: SessionState, error = ''): Promise<void> {
    if (state === 'ended') {
      await this.#database.query(
        `update sessions set state = 'ended', error = $2, ended_at = now() where id = $1 and state != 'ended'`,
        [id, error],
      );
      return;
    }
    await this.#database.query(
      `update sessions set state = $2, last_heartbeat = case when $2 = 'active' then now() else last_heartbeat end
       where id = $1 and state != 'ended'`,
      [id, state],
    );
  }

  async heartbeat(id: string): Promise<void> {
    await this.#database.query(`update sessions set last_heartbeat = now() where id = $1 and state != 'ended'`, [id]);
  }

  async get(id: string): Promise<Session | undefined> {
    const { rows } = await this.#database.query<Session>(`select ${columns} from sessions where id = $1`, [id]);
    return rows[0];
  }

  async active(tenantId: string): Promise<Session[]> {
    const { rows } = await this.#database.query<Session>(
      `select ${columns} from sessions where tenant_id = $1 and state != 'ended' order by started_at desc`,
      [tenantId],
    );
    return rows;
  }

  /** Ends sessions whose worker is silent. With a tenant only its own, which the gateway itself never asks for. */
  async endSilent(timeoutMs: number, tenantId?: string): Promise<string[]> {
    const { rows } = await this.#database.query<{ id: string }>(
      `update sessions set state = 'ended', error = 'heartbeat timeout', ended_at = now()
       where state != 'ended' and (${heartbeatLost}) ${tenantId === undefined ? '' : 'and tenant_id = $2'}
       returning id`,
      [interval(timeoutMs), ...(tenantId === undefined ? [] : [tenantId])],
    );
    return rows.map(({ id }) => id);
  }

  /** Ends sessions that no worker ever took up. */
  async endStalePending(timeoutMs: number, tenantId?: string): Promise<string[]> {
    const { rows } = await this.#database.query<{ id: string }>(
      `update sessions set state = 'ended', error = 'stale pending: dispatch timeout', ended_at = now()
       where state = 'pending' and started_at < now() - $1::interval
         ${tenantId === undefined ? '' : 'and tenant_id = $2'}
       returning id`,
      [interval(timeoutMs), ...(tenantId === undefined ? [] : [tenantId])],
    );
    return rows.map(({ id }) => id);
  }

  /** Books hours into the month that is now. Called twice, it books twice. */
  async recordHours(tenantId: string, hours: number): Promise<void> {
    await this.#database.query(
      `insert into usage_records (tenant_id, period, session_hours, llm_tokens, stt_seconds, tts_chars)
       values ($1, $2, $3, 0, 0, 0)
       on conflict (tenant_id, period) do update set
         session_hours = usage_records.session_hours + excluded.session_hours,
         llm_tokens = usage_records.llm_tokens + excluded.llm_tokens,
         stt_seconds = usage_records.stt_seconds + excluded.stt_seconds,
         tts_chars = usage_records.tts_chars + excluded.tts_chars`,
      [tenantId, monthOf(new Date()), hours],
    );
  }

  async usage(tenantId: string, period: string): Promise<Usage> {
    const { rows } = await this.#database.query<Usage>(
      `select session_hours as "sessionHours", llm_tokens as "llmTokens", stt_seconds as "sttSeconds",
         tts_chars as "ttsChars"
       from usage_records where tenant_id = $1 and period = $2`,
      [tenantId, period],
    );
    return rows[0] ?? { sessionHours: '0', llmTokens: '0', sttSeconds: '0', ttsChars: '0' };
  }
}

/** Numbers as Postgres prints them. */
export interface Usage {
  sessionHours: string;
  llmTokens: string;
  sttSeconds: string;
  ttsChars: string;
}

/** First day of the month in UTC, as a date of Postgres. */
export function monthOf(date: Date): string {
  return `${date.toISOString().slice(0, 7)}-01`;
}

// The database as its roles see it: root (postgres, which bypasses policies), the gateway, and people.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { stackVariable } from './environment.ts';

export type Row = Record<string, unknown>;

/** What a statement was refused with: the API's status and code, or SQLSTATE and nothing. */
export interface Refusal {
  sqlstate: string;
  status: number | undefined;
  code: string;
  message: string;
  hint: string;
}

const pools = new Map<string, pg.Pool>();

function poolOf(variable: 'DATABASE_URL' | 'GATEWAY_DATABASE_URL'): pg.Pool {
  let pool = pools.get(variable);
  if (!pool) {
    pool = new pg.Pool({ connectionString: stackVariable(variable), max: 4 });
    // A connection that a test kills on purpose must not end the test run.
    pool.on('error', () => undefined);
    pools.set(variable, pool);
  }
  return pool;
}

/** Looks and plants as postgres: no policy applies. */
export async function asRoot<T extends Row = Row>(sql: string, values: unknown[] = []): Promise<T[]> {
  return (await poolOf('DATABASE_URL').query<T>(sql, values)).rows;
}

/** What the gateway does, under its own role. */
export async function asGateway<T extends Row = Row>(sql: string, values: unknown[] = []): Promise<T[]> {
  return (await poolOf('GATEWAY_DATABASE_URL').query<T>(sql, values)).rows;
}

/** A connection of one's own, ended by the caller. */
export async function connectAs(variable: 'DATABASE_URL' | 'GATEWAY_DATABASE_URL'): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: stackVariable(variable) });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** A transaction of root's in which everything may be tried: it is always undone. */
export async function undone<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  const client = await poolOf('DATABASE_URL').connect();
  try {
    await client.query('begin');
    return await work(client);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

export async function closeDatabase(): Promise<void> {
  await Promise.all([...pools.values()].map((pool) => pool.end()));
  pools.clear();
}

export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof pg.DatabaseError)) throw error;
  const { code = '', message, detail = '', hint = '' } = error;
  const raised = /^PT(\d{3})$/.exec(code);
  return { sqlstate: code, status: raised ? Number(raised[1]) : undefined, code: raised ? detail : '', message, hint };
}

/** The refusal of something that must not work. */
export async function refused(attempt: Promise<unknown>): Promise<Refusal> {
  let result: unknown;
  try {
    result = await attempt;
  } catch (error) {
    return refusalOf(error);
  }
  throw new Error(`Expected a refusal, got ${JSON.stringify(result)}`);
}

/**
 * One transaction that is always rolled back, in which several people act and the clock can be moved: nobody outside sees
 * any of it. `now()` stands still, so every interval is exact.
 */
export class Story {
  readonly #client: pg.Client;

  constructor(client: pg.Client) {
    this.#client = client;
  }

  root<T extends Row = Row>(sql: string, values: unknown[] = []): Promise<T[]> {
    return this.#run('postgres', '', sql, values);
  }

  gateway<T extends Row = Row>(sql: string, values: unknown[] = []): Promise<T[]> {
    return this.#run('glyphoxa_gateway', '', sql, values);
  }

  as<T extends Row = Row>(userId: string, sql: string, values: unknown[] = []): Promise<T[]> {
    return this.#run('authenticated', userId, sql, values);
  }

  /** Calls a function of the API that returns one value. */
  async call<T = Row>(userId: string, call: string, values: unknown[] = []): Promise<T> {
    const [row] = await this.as<{ answer: T }>(userId, `select ${call} as answer`, values);
    return row!.answer;
  }

  async clock(offset: string): Promise<void> {
    await this.root(`update private.settings set value = to_jsonb($1::text) where key = 'clock.offset'`, [offset]);
  }

  async mode(mode: 'managed' | 'selfhosted'): Promise<void> {
    await this.root(`update private.settings set value = to_jsonb($1::text) where key = 'deployment.mode'`, [mode]);
  }

  /** Somebody whom Auth knows, as it would after a sign-in with Discord; no account of ours yet. */
  async signUp(name: string, discord: DiscordAccount = {}): Promise<string> {
    const id = randomUUID();
    const email = discord.email === undefined ? `${name}-${id}@example.com` : discord.email;
    await this.root(
      `insert into auth.users (id, aud, role, email, email_confirmed_at, raw_user_meta_data, created_at, updated_at)
       values ($1, 'authenticated', 'authenticated', $2, $3, jsonb_build_object('full_name', $4::text), now(), now())`,
      [id, email, discord.verified === false ? null : new Date(), name],
    );
    if (discord.id !== null) {
      const discordId = discord.id ?? snowflake(discord.ageDays ?? 400);
      await this.root(
        `insert into auth.identities (id, user_id, provider, provider_id, identity_data, last_sign_in_at, created_at, updated_at)
         values ($1, $2, 'discord', $3, jsonb_build_object('sub', $3::text), now(), now(), now())`,
        [randomUUID(), id, discordId],
      );
    }
    return id;
  }

  /** A new owner with tenant and default campaign. */
  async owner(name: string, discord: DiscordAccount = {}): Promise<Owner> {
    const id = await this.signUp(name, discord);
    const { tenant_id: tenant } = await this.call<{ tenant_id: string }>(id, 'mgmt.ensure_account()');
    const [row] = await this.root<{ campaign_id: string }>('select campaign_id from public.tenants where id = $1', [
      tenant,
    ]);
    return { id, tenant, campaign: row!.campaign_id };
  }

  /** Each statement is a savepoint, so that a refusal does not end the story. */
  async #run<T extends Row>(role: string, userId: string, sql: string, values: unknown[]): Promise<T[]> {
    const claims = userId ? JSON.stringify({ sub: userId, role }) : '';
    await this.#client.query('savepoint statement');
    try {
      await this.#client.query(`select set_config('request.jwt.claims', $1, true), set_config('role', $2, true)`, [
        claims,
        role,
      ]);
      const { rows } = await this.#client.query<T>(sql, values);
      await this.#client.query(`select set_config('role', 'postgres', true)`);
      await this.#client.query('release savepoint statement');
      return rows;
    } catch (error) {
      await this.#client.query('rollback to savepoint statement; release savepoint statement');
      throw error;
    }
  }
}

export interface DiscordAccount {
  /** null: signed in otherwise. */
  id?: string | null;
  ageDays?: number;
  email?: string | null;
  verified?: boolean;
}

export interface Owner {
  id: string;
  tenant: string;
  campaign: string;
}

/** A Discord id made that many days ago. */
export function snowflake(ageDays: number): string {
  const milliseconds = Date.now() - ageDays * 86_400_000 - 1_420_070_400_000;
  return String((BigInt(Math.round(milliseconds)) << 22n) | BigInt(Math.floor(Math.random() * 4_194_304)));
}

/** Demo and tests are in managed mode; a story says so for itself. */
export async function story(work: (story: Story) => Promise<void>): Promise<void> {
  const client = await connectAs('DATABASE_URL');
  try {
    await client.query('begin');
    const told = new Story(client);
    await told.mode('managed');
    await work(told);
  } finally {
    await client.query('rollback');
    await client.end();
  }
}

/** The statements of the gateway's session store, word for word in effect. */
export const gatewaySql = {
  start: `insert into sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state, started_at)
    values ($1, $2, $3, $4, $5, $6, 'pending', now())`,
  activate: `update sessions set state = 'active', last_heartbeat = now() where id = $1 and state != 'ended'`,
  heartbeat: `update sessions set last_heartbeat = now() where id = $1 and state != 'ended'`,
  end: `update sessions set state = 'ended', error = $2, ended_at = now() where id = $1 and state != 'ended'`,
};

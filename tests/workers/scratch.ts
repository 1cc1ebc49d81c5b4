// A database that only a test's own worker and gateway work on: its clock can be moved, and its worker killed.
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, vi } from 'vitest';
import { snowflake } from '../lib/database.ts';
import { OwnGateway } from '../gateway/own-gateway.ts';
import { ScratchDatabase } from '../gateway/scratch-database.ts';
import { stackVariable } from '../lib/environment.ts';
import { patience } from '../lib/patience.ts';

type Row = Record<string, unknown>;

export interface Table {
  tenant: string;
  campaign: string;
  owner: string;
  email: string;
  discordId: string;
}

export class Scratch {
  readonly database: ScratchDatabase;
  readonly gateway: OwnGateway;
  /** One connection for all that the test itself does. */
  readonly #client: pg.Client;
  readonly #reused = new Map<string, Table>();

  private constructor(database: ScratchDatabase, gateway: OwnGateway) {
    this.database = database;
    this.gateway = gateway;
    this.#client = new pg.Client({ connectionString: database.urlFor('DATABASE_URL') });
  }

  static async create(): Promise<Scratch> {
    const database = await ScratchDatabase.create();
    await database.migrate();
    const gateway = await OwnGateway.prepare();
    await database.asRoot(`update private.settings set value = '"managed"' where key = 'deployment.mode'`);
    // The role has its password for the whole server.
    await gateway.start(database.urlFor('GATEWAY_DATABASE_URL'));
    // Its sweep would end sessions that a test plants and nobody plays.
    const paced = await fetch(`${gateway.controlUrl}/control/pace`, {
      method: 'POST',
      body: JSON.stringify({ sweep_ms: 3_600_000 }),
    });
    expect(paced.status, await paced.text()).toBe(200);
    const scratch = new Scratch(database, gateway);
    await scratch.#client.connect();
    return scratch;
  }

  async remove(): Promise<void> {
    await Promise.all([this.gateway.end('SIGKILL'), this.#client.end()]);
    await this.database.drop();
  }

  /** What a worker on this database needs besides its address. */
  get workerEnv(): Record<string, string> {
    return {
      GLYPHOXA_GATEWAY_ADDR: this.gateway.address,
      GLYPHOXA_GATEWAY_SECRET: stackVariable('GLYPHOXA_GATEWAY_SECRET'),
    };
  }

  async root<T extends Row = Row>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.#client.query<T>(sql, values)).rows;
  }

  /** What `work` asks of `root` happens at once, for the worker too; nothing else may be asked meanwhile. */
  async transaction<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.root('begin');
    try {
      const result = await work();
      await this.root('commit');
      return result;
    } catch (thrown) {
      await this.root('rollback');
      throw thrown;
    }
  }

  /** Runs a statement as this person calls the API. */
  async as(person: string, sql: string, values: unknown[] = []): Promise<Row[]> {
    await this.root(`select set_config('request.jwt.claims', $1, false)`, [
      JSON.stringify({ sub: person, role: 'authenticated' }),
    ]);
    try {
      return await this.root(sql, values);
    } finally {
      await this.root(`select set_config('request.jwt.claims', '', false)`);
    }
  }

  async one<T>(sql: string, values: unknown[] = []): Promise<T> {
    const [row] = await this.root<{ answer: T }>(sql, values);
    return row!.answer;
  }

  async clock(offset: string): Promise<void> {
    await this.root(`update private.settings set value = to_jsonb($1::text) where key = 'clock.offset'`, [offset]);
  }

  enqueue(job: string, payload: object = {}): Promise<unknown> {
    return this.root('select private.enqueue($1, $2)', [job, payload]);
  }

  /** An owner with a table on the plan that has no cap, and a bot that the gateway believes in. */
  async table(plan = 'guild'): Promise<Table> {
    const owner = randomUUID();
    const email = `owner.${randomBytes(6).toString('hex')}@example.com`;
    const discordId = snowflake(400);
    await this.root(
      `with person as (
         insert into auth.users (id, aud, role, email, email_confirmed_at, raw_user_meta_data, created_at, updated_at)
         values ($1, 'authenticated', 'authenticated', $2, now(), '{"full_name": "Olga"}', now(), now())
       )
       insert into auth.identities (id, user_id, provider, provider_id, identity_data, last_sign_in_at, created_at, updated_at)
       values (gen_random_uuid(), $1, 'discord', $3, jsonb_build_object('sub', $3::text), now(), now(), now())`,
      [owner, email, discordId],
    );
    await this.as(owner, 'select mgmt.ensure_account()');
    const [row] = await this.root<{ tenant: string; campaign: string }>(
      `select tenant.id as tenant, tenant.campaign_id as campaign
       from public.tenants as tenant join mgmt.users as member on member.tenant_id = tenant.id where member.id = $1`,
      [owner],
    );
    const { tenant, campaign } = row!;
    await this.root(
      `update mgmt.subscriptions set plan_id = $2, status = 'active', trial_end = null where tenant_id = $1`,
      [tenant, plan],
    );
    await this.root(`update public.tenants set bot_token = 'any.token' where id = $1`, [tenant]);
    return { tenant, campaign, owner, email, discordId };
  }

  /** The table of this name, made when it is first asked for: signing up costs more than all that is done with it. */
  async reused(name: string, plan = 'guild'): Promise<Table> {
    const known = this.#reused.get(name);
    if (known) return known;
    const table = await this.table(plan);
    this.#reused.set(name, table);
    return table;
  }

  /** As if nothing had happened but that the table began its trial so many days ago. */
  async trial({ tenant }: Table, daysAgo: number): Promise<void> {
    for (const kept of [
      'mgmt.payments',
      'mgmt.invoices',
      'mgmt.subscriptions',
      'private.stripe_subscriptions',
      'private.stripe_customers',
      'mgmt.notifications',
    ]) {
      await this.root(`delete from ${kept} where tenant_id = $1`, [tenant]);
    }
    await this.root(
      `insert into mgmt.subscriptions (tenant_id, plan_id, status, started_at, current_period_start, current_period_end, trial_end)
       select $1, 'adventurer', 'trialing', began, began, began + interval '14 days', began + interval '14 days'
       from (select private.now() - make_interval(days => $2) as began) as sign_up`,
      [tenant, daysAgo],
    );
  }

  /** A session of the table that is on air since `ago`, as the gateway writes it. */
  async session({ tenant, campaign }: Table, ago = '0 seconds'): Promise<string> {
    const id = randomUUID();
    await this.root(
      `insert into public.sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state, started_at)
       values ($1, $2, $3, $4, $5, 'dedicated', 'pending', now() - $6::interval)`,
      [id, tenant, campaign, snowflake(2), snowflake(1), ago],
    );
    await this.root(
      `update public.sessions set state = 'active', activated_at = private.now() - $2::interval, last_heartbeat = now() where id = $1`,
      [id, ago],
    );
    return id;
  }

  /** Everything that is due is done, also what that wanted done in turn. */
  async drained(timeout: number = patience.timeout): Promise<void> {
    await vi.waitFor(
      async () => {
        const [row] = await this.root<{ left: number }>(
          `select (select count(*) from private.outbox where run_at <= private.now())
             + (select count(*) from pgboss.job where state < 'completed' and name not like '\\_\\_%' and name <> 'dead.letter') as left`,
        );
        expect(Number(row!.left)).toBe(0);
      },
      { timeout, interval: 40 },
    );
  }
}

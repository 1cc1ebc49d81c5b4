// A hundred starts at once, from many connections of the gateway's role, while somebody kills connections in between.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { asGateway, asRoot, closeDatabase, connectAs, gatewaySql, refusalOf } from '../lib/database.ts';

const connections = 20;
const startsEach = 5;
const starts = connections * startsEach;
/** Connections that the killer ends while a rush goes on, one after the other. */
const kills = 12;
let tenant: string;
let campaigns: string[];

/** A connection that comes back after it was killed, as the gateway's pool would. */
class Line {
  #client: Promise<pg.Client> | undefined;

  get client(): Promise<pg.Client> {
    this.#client ??= connectAs('GATEWAY_DATABASE_URL');
    return this.#client;
  }

  async query(sql: string, values: unknown[]): Promise<void> {
    const client = await this.client;
    try {
      await client.query(sql, values);
    } catch (error) {
      if (wasKilled(error)) this.#client = undefined;
      throw error;
    }
  }

  async pid(): Promise<number> {
    return ((await this.client) as pg.Client & { processID: number }).processID;
  }

  async end(): Promise<void> {
    await (await this.#client)?.end();
  }
}

/** Ended by the administrator, or found ended. */
function wasKilled(error: unknown): boolean {
  return /terminat|not queryable/i.test((error as Error).message);
}

let lines: Line[];

/** A tenant by SQL alone: a hundred guilds and campaigns, so that only the plan limits it. */
beforeEach(async () => {
  tenant = `rush_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  await asRoot(`insert into public.tenants (id, name, license_tier) values ($1, 'Rush', 'dedicated')`, [tenant]);
  const rows = await asRoot<{ id: string }>(
    `insert into mgmt.campaigns (tenant_id, name) select $1, 'Campaign ' || n from generate_series(1, $2) as n returning id`,
    [tenant, starts],
  );
  campaigns = rows.map(({ id }) => id);
  lines = Array.from({ length: connections }, () => new Line());
});

afterEach(async () => {
  await Promise.all(lines.map((line) => line.end()));
  await endAll();
});
afterAll(closeDatabase);

async function endAll(): Promise<void> {
  await asGateway(`update sessions set state = 'ended', ended_at = now() where tenant_id = $1 and state != 'ended'`, [
    tenant,
  ]);
}

async function subscribe(plan: string, limits: { cap: number | null; concurrent: number }): Promise<void> {
  await asRoot(
    `insert into mgmt.subscriptions (tenant_id, plan_id, status, current_period_start, current_period_end)
     values ($1, $2, 'active', now() - interval '1 hour', now() + interval '1 month')`,
    [tenant, plan],
  );
  const [row] = await asRoot(
    'select session_cap as cap, max_concurrent_sessions as concurrent from mgmt.subscription_plans where id = $1',
    [plan],
  );
  expect(row).toEqual(limits);
}

interface Told {
  /** Codes of the refusals. */
  codes: string[];
  /** Statements whose connection was killed under them: done or not, nobody was told. */
  killed: number;
}

/** Does `work` for each of a hundred items, all connections at once. */
async function rush(items: string[], work: (line: Line, item: string) => Promise<void>): Promise<Told> {
  const told: Told = { codes: [], killed: 0 };
  await Promise.all(
    lines.map(async (line, place) => {
      for (const item of items.slice(place * startsEach, (place + 1) * startsEach)) {
        try {
          await work(line, item);
        } catch (error) {
          if (wasKilled(error)) told.killed++;
          else {
            const { sqlstate, code } = refusalOf(error);
            told.codes.push(code || sqlstate);
          }
        }
      }
    }),
  );
  return told;
}

/** Kills connections by turns while `rushing` goes on, looking after each that `holds`; gives how many were killed. */
async function whileKilling(
  rushing: Promise<Told>,
  holds: () => Promise<void>,
): Promise<{ told: Told; killed: number }> {
  let going = true;
  const done = rushing.finally(() => (going = false));
  let killed = 0;
  for (let turn = 0; going && turn < kills; turn++) {
    const pid = await lines[(turn * 7) % connections]!.pid();
    const [answer] = await asRoot<{ gone: boolean }>('select pg_terminate_backend($1) as gone', [pid]);
    if (answer?.gone) killed++;
    await holds();
  }
  return { told: await done, killed };
}

/** Every session in a guild of its own. */
function startOf(id: string, campaign: string): string[] {
  const guild = String(BigInt(`0x${randomUUID().slice(0, 8)}`) + 9_000_000_000_000_000_000n);
  return [id, tenant, campaign, guild, guild, 'dedicated'];
}

const start = (line: Line, campaign: string) => line.query(gatewaySql.start, startOf(randomUUID(), campaign));

/** A whole session of two minutes, without waiting for them. */
async function play(line: Line, campaign: string): Promise<void> {
  const id = randomUUID();
  await line.query(gatewaySql.start, startOf(id, campaign));
  try {
    await line.query(gatewaySql.activate, [id]);
  } finally {
    await asRoot(`update public.sessions set activated_at = activated_at - interval '2 minutes' where id = $1`, [id]);
    await asGateway(gatewaySql.end, [id, null]);
  }
}

const countOf = async (where: string): Promise<number> =>
  (
    await asRoot<{ count: number }>(
      `select count(*)::int as count from public.sessions where tenant_id = $1 and ${where}`,
      [tenant],
    )
  )[0]!.count;
const live = () => countOf(`state <> 'ended'`);
const counted = () => countOf('private.session_counts(activated_at, ended_at)');

test('a hundred starts at once never pass the number of sessions at a time', async () => {
  await subscribe('guild', { cap: null, concurrent: 5 });
  const { codes, killed } = await rush(campaigns, start);
  expect(await live()).toBe(5);
  expect(killed).toBe(0);
  expect(codes).toEqual(Array<string>(starts - 5).fill('concurrent_limit'));
});

test('nor with kills in between, round after round', async () => {
  await subscribe('guild', { cap: null, concurrent: 5 });
  let gone = 0;
  for (let round = 0; round < 4; round++) {
    const { told, killed } = await whileKilling(rush(campaigns, start), async () => {
      expect(await live()).toBeLessThanOrEqual(5);
    });
    gone += killed;
    expect(new Set(told.codes)).toEqual(new Set(['concurrent_limit']));
    expect(await live()).toBe(5);
    await endAll();
  }
  expect(gone).toBeGreaterThan(4);
});

test('a hundred sessions in a hurry never pass the cap, with kills in between, round after round', async () => {
  await subscribe('adventurer', { cap: 8, concurrent: 1 });
  let gone = 0;
  for (let round = 0; round < 4; round++) {
    const { told, killed } = await whileKilling(rush(campaigns, play), async () => {
      expect(await counted()).toBeLessThanOrEqual(8);
    });
    gone += killed;
    for (const code of told.codes) expect(['concurrent_limit', 'session_cap_reached']).toContain(code);
    await endAll();
  }
  expect(gone).toBeGreaterThan(4);
  // Whatever the kills left free is used up now, one by one, and then it is enough.
  const [line] = lines;
  const codes: string[] = [];
  while (codes.length === 0) {
    await play(line!, campaigns[0]!).catch((error: unknown) => {
      if (!wasKilled(error)) codes.push(refusalOf(error).code);
    });
    expect(await counted()).toBeLessThanOrEqual(8);
  }
  expect(codes).toEqual(['session_cap_reached']);
  expect(await counted()).toBe(8);
});

test('a hundred late activations at once never pass the number of sessions at a time, with kills in between', async () => {
  await subscribe('guild', { cap: null, concurrent: 5 });
  let swept = true;
  // The simulated gateway sweeps such sessions every 15 seconds; a round that it came into proves nothing and is played again.
  for (let round = 0; swept && round < 3; round++) {
    const waiting: string[] = [];
    for (let place = 0; place < starts; place += 5) {
      await Promise.all(
        campaigns.slice(place, place + 5).map(async (campaign) => {
          const id = randomUUID();
          waiting.push(id);
          await asGateway(gatewaySql.start, startOf(id, campaign));
        }),
      );
      // They lost their places; the next ones get them.
      await asRoot(
        `update public.sessions set started_at = started_at - interval '4 minutes' where id = any ($1) and started_at > now() - interval '3 minutes'`,
        [waiting],
      );
    }
    const { told } = await whileKilling(
      rush(waiting, (line, id) => line.query(gatewaySql.activate, [id])),
      async () => expect(await countOf(`state = 'active'`)).toBeLessThanOrEqual(5),
    );
    swept = (await countOf(`error = 'stale pending: dispatch timeout'`)) > 0;
    expect(await countOf(`state = 'active'`)).toBeLessThanOrEqual(5);
    if (!swept) {
      expect(new Set(told.codes)).toEqual(new Set(['concurrent_limit']));
      expect(await countOf(`state = 'active'`)).toBe(5);
    }
    await asRoot('delete from public.sessions where tenant_id = $1', [tenant]);
  }
  expect(swept).toBe(false);
});

test('connections killed in the middle leave no session, no lock and no wrong count', async () => {
  await subscribe('guild', { cap: null, concurrent: 5 });
  const victims = await Promise.all(campaigns.slice(-4).map(leaveInTheMiddle));
  const survivors = rush(campaigns, start);
  await asRoot('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [victims.map(({ pid }) => pid)]);
  const { codes } = await survivors;
  await Promise.all(victims.map(({ ended }) => ended));
  expect(await live()).toBe(5);
  expect(codes).toEqual(Array<string>(starts - 5).fill('concurrent_limit'));
});

/** Opens a transaction and sends a start into it: the first holds the gate, the others wait for it. */
async function leaveInTheMiddle(campaign: string): Promise<{ pid: number; ended: Promise<void> }> {
  const client = await connectAs('GATEWAY_DATABASE_URL');
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  await client.query('begin');
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  client.query(gatewaySql.start, startOf(randomUUID(), campaign)).then(
    () => undefined,
    (error: Error) => expect(error.message).toMatch(/terminat/),
  );
  return { pid: rows[0]!.pid, ended };
}

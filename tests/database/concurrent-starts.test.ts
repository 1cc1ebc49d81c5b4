// Fifty starts at once, from many connections of the gateway's role, some of which die half-way.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { asGateway, asRoot, closeDatabase, connectAs, gatewaySql, refusalOf } from '../lib/database.ts';

const connections = 10;
const startsEach = 5;
let tenant: string;
let campaigns: string[];
let clients: pg.Client[];

/** A tenant by SQL alone: fifty guilds and campaigns, so that only the plan limits it. */
beforeEach(async () => {
  tenant = `rush_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  await asRoot(`insert into public.tenants (id, name, license_tier) values ($1, 'Rush', 'dedicated')`, [tenant]);
  const rows = await asRoot<{ id: string }>(
    `insert into mgmt.campaigns (tenant_id, name) select $1, 'Campaign ' || n from generate_series(1, $2) as n returning id`,
    [tenant, connections * startsEach],
  );
  campaigns = rows.map(({ id }) => id);
  clients = await Promise.all(Array.from({ length: connections }, () => connectAs('GATEWAY_DATABASE_URL')));
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await asGateway(`update sessions set state = 'ended', ended_at = now() where tenant_id = $1 and state != 'ended'`, [
    tenant,
  ]);
});

afterAll(closeDatabase);

async function subscribe(plan: string, limits: { cap: number | null; concurrent: number }): Promise<void> {
  await asRoot(
    `insert into mgmt.subscriptions (tenant_id, plan_id, status, current_period_start, current_period_end)
     values ($1, $2, 'active', now(), now() + interval '1 month')`,
    [tenant, plan],
  );
  const [row] = await asRoot(
    'select session_cap as cap, max_concurrent_sessions as concurrent from mgmt.subscription_plans where id = $1',
    [plan],
  );
  expect(row).toEqual(limits);
}

/** Starts one session per campaign, all connections at once; gives the codes of the refusals. */
async function rush(afterStart?: (client: pg.Client, id: string) => Promise<void>): Promise<string[]> {
  const codes: string[] = [];
  await Promise.all(
    clients.map(async (client, c) => {
      for (const campaign of campaigns.slice(c * startsEach, (c + 1) * startsEach)) {
        const id = randomUUID();
        try {
          await client.query(gatewaySql.start, startOf(id, campaign));
          await afterStart?.(client, id);
        } catch (error) {
          const { sqlstate, code } = refusalOf(error);
          codes.push(code || sqlstate);
        }
      }
    }),
  );
  return codes;
}

/** Every session in a guild of its own. */
function startOf(id: string, campaign: string): string[] {
  const guild = String(BigInt(`0x${randomUUID().slice(0, 8)}`) + 9_000_000_000_000_000_000n);
  return [id, tenant, campaign, guild, guild, 'dedicated'];
}

const countOf = async (where: string): Promise<number> =>
  (
    await asRoot<{ count: number }>(
      `select count(*)::int as count from public.sessions where tenant_id = $1 and ${where}`,
      [tenant],
    )
  )[0]!.count;

test('fifty starts at once never pass the number of sessions at a time', async () => {
  await subscribe('guild', { cap: null, concurrent: 5 });
  const codes = await rush();
  expect(await countOf(`state <> 'ended'`)).toBe(5);
  expect(codes).toEqual(Array<string>(45).fill('concurrent_limit'));
});

test('fifty starts at once never pass the cap, also when each ends before the next', async () => {
  await subscribe('adventurer', { cap: 8, concurrent: 1 });
  const codes = await rush(async (client, id) => {
    await client.query(gatewaySql.activate, [id]);
    // Two minutes on air, without waiting for them.
    await asRoot(`update public.sessions set activated_at = activated_at - interval '2 minutes' where id = $1`, [id]);
    await asRoot(
      `update mgmt.subscriptions set current_period_start = now() - interval '1 hour' where tenant_id = $1`,
      [tenant],
    );
    await client.query(gatewaySql.end, [id, null]);
  });
  const counted = await countOf(`private.session_counts(activated_at, ended_at)`);
  expect(counted).toBeLessThanOrEqual(8);
  expect(counted).toBeGreaterThan(0);
  expect(new Set(codes)).toEqual(
    new Set(counted === 8 ? ['concurrent_limit', 'session_cap_reached'] : ['concurrent_limit']),
  );
});

test('connections killed in the middle leave no session, no lock and no wrong count', async () => {
  await subscribe('guild', { cap: null, concurrent: 5 });
  const victims = await Promise.all(campaigns.slice(-4).map(leaveInTheMiddle));
  const survivors = rush();
  await asRoot('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [victims.map(({ pid }) => pid)]);
  const codes = await survivors;
  await Promise.all(victims.map(({ ended }) => ended));
  expect(await countOf(`state <> 'ended'`)).toBe(5);
  expect(codes).toEqual(Array<string>(45).fill('concurrent_limit'));
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

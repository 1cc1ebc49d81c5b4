// What operators filter the list of tables by, and the ready query beside it: both count as the gate does.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import type { SignedIn } from '../lib/people.ts';
import { newOwner, tenantOf } from '../sessions/table.ts';

interface Listed {
  id: string;
  used: number;
  cap: number | null;
}

let erin: SignedIn;
let tenant: string;
let campaign: string;

beforeAll(async () => {
  const [owner, operator] = await Promise.all([newOwner('alice'), newOwner('erin')]);
  erin = operator;
  ({ tenant, campaign } = await tenantOf(owner));
  await asRoot('select private.grant_super_admin($1)', [erin.person.email]);
});
afterAll(closeDatabase);

/** The table, if it is among those that the filter leaves. */
async function listed(filter: string): Promise<Listed | undefined> {
  const { data, error } = await erin.client.rpc('admin_tenants', { query: tenant, filter });
  expect(error).toBeNull();
  return (data as { rows: Listed[] }).rows.find(({ id }) => id === tenant);
}

/** Evenings that are over and count, or one that was too short to. */
async function play(evenings: number, length = '3 hours'): Promise<void> {
  await asRoot(
    `insert into public.sessions
       (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state, started_at, activated_at, ended_at)
     select gen_random_uuid(), $1, $2, '1', '2', 'shared', 'ended', clock_timestamp(), clock_timestamp(),
       clock_timestamp() + $4::interval
     from generate_series(1, $3::int)`,
    [tenant, campaign, evenings, length],
  );
}

test('a trial is one while the clock says so', async () => {
  expect(await listed('trial')).toMatchObject({ id: tenant, used: 0, cap: 8 });
  await asRoot(
    `update mgmt.subscriptions set trial_end = private.now() - interval '1 hour' where tenant_id = $1 and ended_at is null`,
    [tenant],
  );
  expect(await listed('trial')).toBeUndefined();
  await asRoot(
    `update mgmt.subscriptions set trial_end = private.now() + interval '10 days' where tenant_id = $1 and ended_at is null`,
    [tenant],
  );
});

test('whoever has used all sessions is found, by the count of the gate', async () => {
  await play(7);
  await play(3, '30 seconds');
  expect(await listed('over_cap')).toBeUndefined();
  await play(1);
  expect(await listed('over_cap')).toMatchObject({ used: 8, cap: 8 });
  expect(await listed('over_fifty')).toBeUndefined();
});

test('an unlimited plan is found above fifty', async () => {
  // A higher plan starts the count anew.
  await asRoot(
    `update mgmt.subscriptions set plan_id = 'guild', status = 'active' where tenant_id = $1 and ended_at is null`,
    [tenant],
  );
  await play(50);
  expect(await listed('over_fifty')).toBeUndefined();
  await play(1);
  expect(await listed('over_fifty')).toMatchObject({ used: 51, cap: null });
  expect(await listed('over_cap')).toBeUndefined();
});

test('the ready query shows who is furthest above, as the gate sees it', async () => {
  await asRoot(`update mgmt.subscriptions set plan_id = 'adventurer' where tenant_id = $1 and ended_at is null`, [
    tenant,
  ]);
  const sql = readFileSync(new URL('../../supabase/snippets/usage-against-quota.sql', import.meta.url), 'utf8');
  const rows = await asRoot<{ id: string }>(sql);
  expect(rows.find(({ id }) => id === tenant)).toMatchObject({
    plan: 'adventurer',
    used: 51,
    cap: 8,
    refused_now_because: 'session_cap_reached',
  });
});

test('a session that lost its life is found, one that is over is not', async () => {
  await asRoot(`update mgmt.subscriptions set plan_id = 'guild' where tenant_id = $1 and ended_at is null`, [tenant]);
  await asRoot(
    `insert into public.sessions
       (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state, started_at, last_heartbeat)
     values (gen_random_uuid(), $1, $2, $1, '2', 'shared', 'active', now() - interval '1 hour', now() - interval '10 minutes')`,
    [tenant, campaign],
  );
  expect(await listed('stuck_session')).toMatchObject({ id: tenant });
  await asRoot(
    `update public.sessions set state = 'ended', ended_at = now() where tenant_id = $1 and state <> 'ended'`,
    [tenant],
  );
  expect(await listed('stuck_session')).toBeUndefined();
});

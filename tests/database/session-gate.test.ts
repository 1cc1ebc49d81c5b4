// Every rule of the gate, told in transactions that are rolled back: the gateway starts, the clock moves, nobody sleeps.
import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, gatewaySql, type Owner, type Refusal, refused, type Story, story } from '../lib/database.ts';

afterAll(closeDatabase);

interface Quota {
  allowed: boolean;
  code: string | null;
  message: string | null;
  hint: string | null;
  cap: number | null;
  used: number;
  pending: number;
  left: number | null;
  period_start: string;
  period_end: string;
  concurrent: { max: number | null; live: number };
  npcs?: { max: number | null; used: number };
}

const quotaOf = (told: Story, owner: Owner): Promise<Quota> =>
  told.call<Quota>(owner.id, 'mgmt.session_quota($1)', [owner.campaign]);

/** Every session in another guild, so that only the gate refuses. */
/** No two stories at once get the same one: the second would wait for the first. */
const nextGuild = (): string => String(800_000_000_000_000_000n + BigInt(randomInt(2 ** 47)));

async function start(told: Story, owner: Owner, campaign = owner.campaign): Promise<string> {
  const id = randomUUID();
  // `dedicated`: the gateway's own limit of one session per shared tenant would refuse before a plan's could be seen.
  await told.gateway(gatewaySql.start, [id, owner.tenant, campaign, nextGuild(), nextGuild(), 'dedicated']);
  return id;
}

/** A session of so many seconds; the clock is moved on by them. */
async function play(told: Story, owner: Owner, at: number, seconds: number): Promise<string> {
  await told.clock(`${at} seconds`);
  const id = await start(told, owner);
  await told.gateway(gatewaySql.activate, [id]);
  await told.clock(`${at + seconds} seconds`);
  await told.gateway(gatewaySql.end, [id, null]);
  return id;
}

async function plan(told: Story, owner: Owner, fields: Record<string, unknown>): Promise<void> {
  const names = Object.keys(fields);
  await told.root(
    `update mgmt.subscriptions set ${names.map((name, i) => `${name} = $${i + 2}`).join(', ')} where tenant_id = $1 and ended_at is null`,
    [owner.tenant, ...Object.values(fields)],
  );
}

/** What the gate says, after session_quota() has said the same. */
async function refusalOfStart(told: Story, owner: Owner): Promise<Refusal> {
  const quota = await quotaOf(told, owner);
  const refusal = await refused(start(told, owner));
  expect(quota).toMatchObject({ allowed: false, code: refusal.code, message: refusal.message, hint: refusal.hint });
  return refusal;
}

const day = 86_400_000;
/** A billing month that began yesterday. */
const month = { current_period_start: new Date(Date.now() - day), current_period_end: new Date(Date.now() + 29 * day) };
const apprentice = { plan_id: 'apprentice', status: 'active', trial_end: null };

test('59 seconds do not count, 60 do', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await plan(told, alice, apprentice);
    const short = await play(told, alice, 0, 59);
    expect(await quotaOf(told, alice)).toMatchObject({ used: 0, left: 2 });
    const exact = await play(told, alice, 100, 60);
    const long = await play(told, alice, 200, 61);
    expect(await quotaOf(told, alice)).toMatchObject({ used: 2, left: 0, allowed: false });
    const counts = await told.as<{ id: string; counts: boolean }>(alice.id, 'select id, counts from mgmt.sessions');
    expect(new Map(counts.map(({ id, counts }) => [id, counts]))).toEqual(
      new Map([
        [short, false],
        [exact, true],
        [long, true],
      ]),
    );
  }));

test('a running session counts from the moment it is active', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const id = await start(told, alice);
    expect(await quotaOf(told, alice)).toMatchObject({ used: 0, pending: 1, left: 7 });
    await told.gateway(gatewaySql.activate, [id]);
    expect(await quotaOf(told, alice)).toMatchObject({ used: 1, pending: 0, left: 7 });
  }));

test('a pending session holds a place for three minutes', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await plan(told, alice, apprentice);
    await play(told, alice, 0, 120);
    await told.clock('300 seconds');
    await start(told, alice);
    expect(await refusalOfStart(told, alice)).toMatchObject({ status: 402, code: 'session_cap_reached' });
    await told.clock('481 seconds');
    expect(await quotaOf(told, alice)).toMatchObject({ used: 1, pending: 0, allowed: true });
  }));

test('a start that lost its place cannot take it back from above the cap', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await plan(told, alice, { ...apprentice, plan_id: 'apprentice' });
    await play(told, alice, 0, 120);
    const late = await start(told, alice);
    await told.clock('400 seconds');
    const [second] = await told.root<{ id: string }>(
      `insert into mgmt.campaigns (tenant_id, name) values ($1, 'Second') returning id`,
      [alice.tenant],
    );
    const inTime = await start(told, alice, second!.id);
    const refusal = await refused(told.gateway(gatewaySql.activate, [late]));
    expect(refusal).toMatchObject({ status: 402, code: 'session_cap_reached' });
    expect(await told.root('select state from public.sessions where id = $1', [late])).toEqual([{ state: 'pending' }]);
    await told.gateway(gatewaySql.activate, [inTime]);
    expect(await quotaOf(told, alice)).toMatchObject({ cap: 2, used: 2 });
    // The gateway's own sweep is never refused.
    await told.gateway(gatewaySql.end, [late, 'stale pending: dispatch timeout']);
  }));

test.each([149, 160, 179, 200])('a start that becomes active after %s seconds plays while there is a place', (after) =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await plan(told, alice, { ...apprentice, plan_id: 'apprentice' });
    await play(told, alice, 0, 120);
    const late = await start(told, alice);
    await told.clock(`${120 + after} seconds`);
    await told.gateway(gatewaySql.activate, [late]);
    expect(await quotaOf(told, alice)).toMatchObject({ cap: 2, used: 2, pending: 0 });
  }),
);

test('the cap refuses in the billing document’s words', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await plan(told, alice, { ...apprentice, current_period_start: '2026-11-01', current_period_end: '2126-12-01' });
    await play(told, alice, 0, 60);
    await play(told, alice, 100, 60);
    expect(await refusalOfStart(told, alice)).toMatchObject({
      status: 402,
      code: 'session_cap_reached',
      message:
        'You’ve used all 2 sessions this month. Upgrade your plan at /billing/plans or wait until 1 December 2126.',
    });
  }));

test('one session at a time, or as many as the plan says', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await told.gateway(gatewaySql.activate, [await start(told, alice)]);
    expect(await refusalOfStart(told, alice)).toMatchObject({
      status: 409,
      code: 'concurrent_limit',
      message: 'One session at a time in your plan.',
    });
    await plan(told, alice, { plan_id: 'dungeon_master', status: 'active', trial_end: null });
    for (const name of ['Two', 'Three', 'Four']) {
      const [campaign] = await told.as<{ id: string }>(
        alice.id,
        'insert into mgmt.campaigns (name) values ($1) returning id',
        [name],
      );
      if (name === 'Four') {
        expect(await refused(start(told, alice, campaign!.id))).toMatchObject({
          code: 'concurrent_limit',
          message: 'Your plan plays 3 sessions at a time.',
        });
      } else await start(told, alice, campaign!.id);
    }
  }));

test('suspended, canceled and missing subscriptions refuse, each in its words', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await plan(told, alice, { status: 'suspended' });
    expect(await refusalOfStart(told, alice)).toMatchObject({
      status: 402,
      code: 'subscription_suspended',
      message: 'Your subscription is suspended due to a payment issue. Update your payment method at /billing/plans.',
    });
    await plan(told, alice, { status: 'canceled' });
    expect(await quotaOf(told, alice)).toMatchObject({ allowed: true, code: null });
    await told.clock('15 days');
    expect(await refusalOfStart(told, alice)).toMatchObject({
      status: 402,
      code: 'subscription_canceled',
      message: 'Your subscription has been cancelled. Resubscribe at /billing/plans to start sessions.',
    });
    await told.root('delete from mgmt.subscriptions where tenant_id = $1', [alice.tenant]);
    expect(await refusalOfStart(told, alice)).toMatchObject({
      status: 402,
      code: 'no_subscription',
      message: 'You need a Glyphoxa subscription to start sessions. Sign up at /billing/plans — free tier available!',
    });
  }));

test('a failed payment is suspended after its grace, and free after 30 days, by the clock alone', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await plan(told, alice, {
      status: 'past_due',
      trial_end: null,
      current_period_end: new Date(Date.now() + 60 * 86_400_000),
      grace_period_end: new Date(Date.now() + 7 * 86_400_000),
    });
    expect(await quotaOf(told, alice)).toMatchObject({ allowed: true, cap: 8 });
    await told.clock('8 days');
    expect(await refusalOfStart(told, alice)).toMatchObject({ code: 'subscription_suspended' });
    await told.clock('31 days');
    expect(await quotaOf(told, alice)).toMatchObject({ allowed: true, cap: 2 });
  }));

test('a trial that is over is the free plan at once, and says so for 30 days', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    expect(await quotaOf(told, alice)).toMatchObject({ cap: 8 });
    await told.clock('15 days');
    expect(await quotaOf(told, alice)).toMatchObject({ cap: 2, used: 0, allowed: true });
    const day = 86_400;
    await play(told, alice, 15 * day, 60);
    await play(told, alice, 15 * day + 100, 60);
    expect(await refusalOfStart(told, alice)).toMatchObject({
      status: 402,
      code: 'trial_ended',
      message: 'Your free trial has ended. Subscribe at /billing/plans to keep using Glyphoxa — plans start free!',
    });
    // A free month later the count is new; two sessions on, the trial is long over and the cap speaks for itself.
    await play(told, alice, 46 * day, 60);
    await play(told, alice, 46 * day + 100, 60);
    expect(await refusalOfStart(told, alice)).toMatchObject({ code: 'session_cap_reached' });
  }));

test('the free plan’s month rolls on by the clock', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await plan(told, alice, {
      ...apprentice,
      current_period_start: '2026-01-31T12:00:00Z',
      current_period_end: '2026-02-28T12:00:00Z',
    });
    const quota = await quotaOf(told, alice);
    expect(quota.period_start).toMatch(/-28T12:00:00/);
    expect(new Date(quota.period_start).getTime()).toBeLessThanOrEqual(Date.now());
    expect(new Date(quota.period_end).getTime()).toBeGreaterThan(Date.now());
  }));

test('an upgrade starts the count anew', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await plan(told, alice, apprentice);
    await play(told, alice, 0, 60);
    await play(told, alice, 100, 60);
    await told.clock('300 seconds');
    await plan(told, alice, { plan_id: 'adventurer' });
    expect(await quotaOf(told, alice)).toMatchObject({ cap: 8, used: 0, left: 8 });
    await plan(told, alice, { plan_id: 'apprentice' });
    expect(await quotaOf(told, alice)).toMatchObject({ cap: 2, used: 0 });
  }));

test('more NPCs, or NPCs that think longer than the plan allows, do not start', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    for (const name of ['Greta', 'Karl', 'Otto']) {
      await told.as(alice.id, `insert into mgmt.npcs (campaign_id, name, budget_tier) values ($1, $2, 'standard')`, [
        alice.campaign,
        name,
      ]);
    }
    expect(await quotaOf(told, alice)).toMatchObject({ allowed: true, npcs: { max: 10, used: 3 } });
    await plan(told, alice, apprentice);
    expect(await refusalOfStart(told, alice)).toMatchObject({
      status: 402,
      code: 'npc_limit',
      message: 'Your plan allows 2 NPCs. Remove some NPCs or upgrade at /billing/plans.',
    });
    await told.as(alice.id, `delete from mgmt.npcs where name = 'Otto'`);
    expect(await refusalOfStart(told, alice)).toMatchObject({
      status: 402,
      code: 'llm_tier',
      message: 'Greta, Karl: thinks longer than your plan allows.',
    });
    await told.as(alice.id, `update mgmt.npcs set budget_tier = 'fast'`);
    await start(told, alice);
  }));

test('voices above the plan do not start: named, with what to change, and as news of the trial', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const voices = { Greta: 'JBFqnCBsd6RMkjVDRZzb', Karl: 'alloy', Otto: 'de_DE-thorsten-high', Silent: null };
    for (const [name, voice] of Object.entries(voices)) {
      await told.as(alice.id, `insert into mgmt.npcs (campaign_id, name, voice) values ($1, $2, $3)`, [
        alice.campaign,
        name,
        voice ? { provider: 'piper', voice_id: voice } : {},
      ]);
    }
    expect(await refusalOfStart(told, alice)).toMatchObject({
      status: 402,
      code: 'voice_tier',
      message: 'Greta’s voice is a Premium voice, and your plan has Standard voices.',
      hint: 'Choose Standard voices for these NPCs, or see the plans.',
    });
    await told.as(alice.id, `delete from mgmt.npcs where name in ('Otto', 'Silent')`);
    await plan(told, alice, { plan_id: 'apprentice', status: 'active', trial_end: null });
    const basic = 'Greta’s voice is a Premium voice, Karl’s voice is a Standard voice, and your plan has Basic voices.';
    expect(await refusalOfStart(told, alice)).toMatchObject({ code: 'voice_tier', message: basic });
    // The same, a day after a trial of a larger plan.
    await plan(told, alice, { trial_end: new Date(Date.now() - 86_400_000) });
    expect(await refusalOfStart(told, alice)).toMatchObject({
      status: 402,
      code: 'trial_ended',
      message: 'Your free trial has ended. Subscribe at /billing/plans to keep using Glyphoxa — plans start free!',
      hint: basic,
    });
    await told.as(alice.id, `update mgmt.npcs set voice = '{"voice_id": "de_DE-karlsson-low"}'`);
    await start(told, alice);
  }));

test('an own voice plays where the plan has own voices, and in no other plan', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await told.root(
      `insert into mgmt.voice_profiles (tenant_id, name, provider, provider_voice_id, sample_ids, consent_at, status)
       values ($1, 'Mill', 'elevenlabs', 'own-voice-of-alice', array[gen_random_uuid()], now(), 'ready')`,
      [alice.tenant],
    );
    await told.as(alice.id, `insert into mgmt.npcs (campaign_id, name, voice) values ($1, 'Greta', $2)`, [
      alice.campaign,
      { provider: 'elevenlabs', voice_id: 'own-voice-of-alice' },
    ]);
    await plan(told, alice, { plan_id: 'dungeon_master', status: 'active', trial_end: null });
    expect(await refusalOfStart(told, alice)).toMatchObject({
      status: 402,
      code: 'voice_tier',
      message: 'Greta speaks with an own voice, and your plan has Premium voices.',
    });
    await plan(told, alice, { plan_id: 'guild' });
    await start(told, alice);
  }));

test('an own voice of another table plays in no plan, however its id is written', () =>
  story(async (told) => {
    const [alice, mallory] = [await told.owner('Alice'), await told.owner('Mallory')];
    await told.root(
      `insert into mgmt.voice_profiles (tenant_id, name, provider, provider_voice_id, sample_ids, consent_at, status)
       values ($1, 'Mill', 'elevenlabs', 'own-voice-of-alice', array[gen_random_uuid()], now(), 'ready')`,
      [alice.tenant],
    );
    await plan(told, mallory, { plan_id: 'guild', status: 'active', trial_end: null });
    await told.as(mallory.id, `insert into mgmt.npcs (campaign_id, name, voice) values ($1, 'Greta', $2)`, [
      mallory.campaign,
      { provider: 'elevenlabs', voice_id: 'own-voice-of-alice' },
    ]);
    for (const id of ['own-voice-of-alice', ' own-voice-of-alice ']) {
      await told.as(
        mallory.id,
        `update mgmt.npcs set voice = jsonb_build_object('voice_id', $2::text) where campaign_id = $1`,
        [mallory.campaign, id],
      );
      expect(await refusalOfStart(told, mallory)).toMatchObject({
        code: 'voice_tier',
        message: expect.stringMatching(/^Greta speaks with a voice of another table/) as string,
      });
    }
    await told.as(
      mallory.id,
      `update mgmt.npcs set voice = '{"voice_id": "AZnzlk1XvdvUeBnXmlld"}' where campaign_id = $1`,
      [mallory.campaign],
    );
    await start(told, mallory);
  }));

test('a voice nobody listed costs money somewhere, so the free plan does not have it', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await told.as(alice.id, `insert into mgmt.npcs (campaign_id, name, voice) values ($1, 'Greta', $2)`, [
      alice.campaign,
      { provider: 'piper', voice_id: 'AZnzlk1XvdvUeBnXmlld' },
    ]);
    expect(await quotaOf(told, alice)).toMatchObject({ allowed: true });
    await plan(told, alice, apprentice);
    expect(await refusalOfStart(told, alice)).toMatchObject({ code: 'voice_tier' });
    await told.mode('selfhosted');
    await start(told, alice);
  }));

test('the fifty-first session of a month without a cap is noted for review, once, and never refused', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await plan(told, alice, { plan_id: 'dungeon_master', status: 'active', trial_end: null, ...month });
    const flags = () =>
      told.root('select reason, sessions, resolved_at from private.review_flags where tenant_id = $1', [alice.tenant]);
    for (let i = 0; i < 50; i++) await play(told, alice, i * 100, 60);
    await play(told, alice, 5_000, 59);
    expect(await flags()).toEqual([]);
    await play(told, alice, 5_100, 60);
    expect(await flags()).toEqual([{ reason: 'heavy_use', sessions: 51, resolved_at: null }]);
    await play(told, alice, 5_200, 60);
    expect(await flags()).toHaveLength(1);
    expect(
      await told.root(`select from mgmt.audit_log where resource_type = 'review_flag' and tenant_id = $1`, [
        alice.tenant,
      ]),
    ).toEqual([]);
    await told.clock('40 days');
    for (let i = 0; i < 51; i++) await play(told, alice, 40 * 86_400 + i * 100, 60);
    expect(await flags()).toHaveLength(2);
  }));

test('a campaign of another table, in the archive or in the bin does not start, in any mode', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const mallory = await told.owner('Mallory');
    for (const mode of ['managed', 'selfhosted'] as const) {
      await told.mode(mode);
      for (const campaign of [mallory.campaign, 'unheard-of', '']) {
        expect(await refused(start(told, alice, campaign))).toMatchObject({ status: 409, code: 'campaign_mismatch' });
      }
      for (const column of ['archived_at', 'deleted_at']) {
        await told.root(`update mgmt.campaigns set ${column} = now() where id = $1`, [alice.campaign]);
        expect(await refused(start(told, alice))).toMatchObject({ status: 409, code: 'campaign_mismatch' });
        await told.root(`update mgmt.campaigns set ${column} = null where id = $1`, [alice.campaign]);
      }
      expect(await refused(told.call(alice.id, 'mgmt.session_quota($1)', [mallory.campaign]))).toMatchObject({
        status: 404,
        code: 'not_found',
      });
    }
  }));

test('a self-hosted table starts as often as it likes', () =>
  story(async (told) => {
    await told.mode('selfhosted');
    const host = await told.owner('Host');
    for (let i = 0; i < 5; i++) await play(told, host, i * 100, 60);
    expect(await quotaOf(told, host)).toMatchObject({ allowed: true, cap: null, left: null, used: 5 });
  }));

test('what happens to a running session is never refused', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const id = await start(told, alice);
    await told.gateway(gatewaySql.activate, [id]);
    await plan(told, alice, { status: 'suspended' });
    await told.root(`update mgmt.campaigns set deleted_at = now() where id = $1`, [alice.campaign]);
    await told.root(`drop schema ${`tenant_${alice.tenant}`} cascade`);
    await told.gateway(gatewaySql.heartbeat, [id]);
    await told.gateway(gatewaySql.end, [id, 'worker lost']);
    expect(await told.as(alice.id, 'select state, error from mgmt.sessions')).toEqual([
      { state: 'ended', error: 'worker lost' },
    ]);
  }));

test('a session without sign of life is lost after 45 seconds, a pending one after 180', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const id = await start(told, alice);
    const lost = async () =>
      (await told.as<{ is_lost: boolean }>(alice.id, 'select is_lost from mgmt.sessions'))[0]!.is_lost;
    await told.clock('180 seconds');
    expect(await lost()).toBe(false);
    await told.clock('181 seconds');
    expect(await lost()).toBe(true);
    await told.gateway(gatewaySql.activate, [id]);
    expect(await lost()).toBe(false);
    await told.clock('227 seconds');
    expect(await lost()).toBe(true);
    await told.gateway(gatewaySql.heartbeat, [id]);
    expect(await lost()).toBe(false);
  }));

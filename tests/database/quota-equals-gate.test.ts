// Many states of a table, made by chance from fixed seeds: what session_quota() says before is what the gate does then.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, gatewaySql, type Owner, refusalOf, type Story, story } from '../lib/database.ts';

afterAll(closeDatabase);

/** Chance that a failing state can be made again by (mulberry32). */
function chance(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { pick: <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]! };
}
type Dice = ReturnType<typeof chance>;

const day = 86_400_000;
const daysFromNow = (days: number) => new Date(Date.now() + days * day);

async function subscribe(told: Story, { tenant }: Owner, dice: Dice): Promise<void> {
  await told.root('delete from mgmt.subscriptions where tenant_id = $1', [tenant]);
  if (dice.pick([false, false, false, false, true])) return;
  await told.root(
    `insert into mgmt.subscriptions (tenant_id, plan_id, status, billing_interval, trial_end, grace_period_end,
       current_period_start, current_period_end, cancel_at_period_end, next_plan_id, sessions_counted_from)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      tenant,
      dice.pick(['apprentice', 'adventurer', 'dungeon_master', 'guild']),
      dice.pick(['trialing', 'active', 'active', 'past_due', 'suspended', 'canceled', 'incomplete', 'paused']),
      dice.pick(['monthly', 'yearly']),
      daysFromNow(dice.pick([-50, -5, 5])),
      dice.pick([null, daysFromNow(-30), daysFromNow(-3), daysFromNow(3)]),
      daysFromNow(-20),
      daysFromNow(dice.pick([-1, 10])),
      dice.pick([false, false, true]),
      dice.pick([null, null, 'apprentice']),
      dice.pick([null, null, daysFromNow(-1)]),
    ],
  );
}

/** Sessions of the past and some that run, each in a campaign of its own. */
async function play(told: Story, owner: Owner, campaigns: string[], dice: Dice): Promise<void> {
  await told.root('delete from public.sessions where tenant_id = $1', [owner.tenant]);
  for (const campaign of campaigns.slice(0, dice.pick([0, 1, 2, 4, 8, 10]))) {
    const id = randomUUID();
    await told.gateway(gatewaySql.start, [id, owner.tenant, campaign, id, '', 'dedicated']);
    const started = daysFromNow(-dice.pick([0.0001, 0.001, 0.5, 3, 25]));
    const running = dice.pick([false, false, false, true]);
    const active = dice.pick([true, true, false]);
    const ended = running ? null : new Date(started.getTime() + dice.pick([30_000, 60_000, 4_000_000]));
    await told.root(
      `update public.sessions set started_at = $2, activated_at = $3, ended_at = $4, state = $5 where id = $1`,
      [id, started, active ? started : null, ended, running ? (active ? 'active' : 'pending') : 'ended'],
    );
  }
}

interface Quota {
  allowed: boolean;
  code: string | null;
  message: string | null;
  hint: string | null;
  cap: number | null;
  used: number;
  pending: number;
  left: number | null;
}

test.each([1, 2, 3, 4])('quota and gate agree in every state (seed %i)', (seed) =>
  story(async (told) => {
    const dice = chance(seed);
    const alice = await told.owner('Alice');
    const campaigns = (
      await told.root<{ id: string }>(
        `insert into mgmt.campaigns (tenant_id, name) select $1, 'Campaign ' || n from generate_series(1, 10) as n returning id`,
        [alice.tenant],
      )
    ).map(({ id }) => id);
    const seen = new Map<string, number>();
    for (let state = 0; state < 40; state++) {
      await told.mode('selfhosted');
      await told.clock('0 seconds');
      await play(told, alice, campaigns, dice);
      await told.root('delete from public.npc_definitions where tenant_id = $1', [alice.tenant]);
      for (let npc = 0; npc < dice.pick([0, 1, 3]); npc++) {
        await told.root(
          `insert into public.npc_definitions (tenant_id, campaign_id, name, budget_tier, voice) values ($1, $2, $3, $4, $5)`,
          [
            alice.tenant,
            alice.campaign,
            `NPC ${npc}`,
            dice.pick(['fast', 'fast', 'standard', 'deep']),
            { voice_id: dice.pick(['', 'en_US-amy-medium', 'en_US-amy-medium', 'alloy', 'pFZP5JQG7iQjIQuC4Bku']) },
          ],
        );
      }
      await subscribe(told, alice, dice);
      await told.mode('managed');
      await told.clock(dice.pick(['0 seconds', '4 minutes', '9 days', '40 days']));

      const quota = await told.call<Quota>(alice.id, 'mgmt.session_quota($1)', [alice.campaign]);
      const id = randomUUID();
      const verdict = await told
        .gateway(gatewaySql.start, [id, alice.tenant, alice.campaign, id, '', 'dedicated'])
        .then(() => ({ allowed: true, code: null, message: null, hint: null }))
        .catch((error: unknown) => {
          const { code, message, hint } = refusalOf(error);
          return { allowed: false, code, message, hint };
        });
      expect(quota).toMatchObject(verdict);
      expect(quota.left).toBe(quota.cap === null ? null : Math.max(quota.cap - quota.used - quota.pending, 0));
      if (quota.left === 0) expect(quota.allowed).toBe(false);
      seen.set(verdict.code ?? 'allowed', (seen.get(verdict.code ?? 'allowed') ?? 0) + 1);
    }
    // The states are worth something only if they are of many kinds.
    expect(seen.size).toBeGreaterThan(4);
  }),
);

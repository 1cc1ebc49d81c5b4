// What owners are told of their plan, and that they are told once.
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, story } from '../lib/database.ts';
import { StripeModel } from './stripe-model.ts';
import { recordAll, type Sql } from './table.ts';

afterAll(closeDatabase);

const day = 86_400;

test('a purchase, a failed payment and the pause after it are told to the owner, each once', () =>
  story(async (told) => {
    const sql: Sql = (statement, values) => told.root(statement, values);
    const alice = await told.owner('Alice');
    // Day 30 after the failed payment lies after the sign-up, whatever the length of the months.
    const begin = Math.floor(Date.now() / 1000) - 50 * day;
    const stripe = new StripeModel(alice.tenant, begin);
    stripe.checkout('guild', 'monthly');
    stripe.renew(false);
    const failed = stripe.now;
    const at = async (moment: number): Promise<string[]> => {
      await sql(
        `update private.settings set value = to_jsonb(format('%s seconds', $1 - extract(epoch from now()))) where key = 'clock.offset'`,
        [moment],
      );
      await recordAll(sql, stripe.events);
      await sql('select private.project_due(array[$1])', [alice.tenant]);
      const rows = await sql<{ kind: string }>('select kind from mgmt.notifications where user_id = $1 order by kind', [
        alice.id,
      ]);
      return rows.map(({ kind }) => kind);
    };
    expect(await at(failed)).toEqual(['payment_failed', 'plan_changed']);
    expect(await at(failed + 8 * day)).toEqual(['payment_failed', 'plan_changed', 'plan_paused']);
    // Rebuilt from the log, nothing is news.
    await sql('delete from mgmt.subscriptions where tenant_id = $1 and stripe_subscription_id is not null', [
      alice.tenant,
    ]);
    await sql('select private.replay_payment_events($1)', [alice.tenant]);
    expect(await at(failed + 8 * day)).toEqual(['payment_failed', 'plan_changed', 'plan_paused']);
    // Day 30: the free plan.
    expect(await at(failed + 31 * day)).toEqual(['payment_failed', 'plan_changed', 'plan_changed', 'plan_paused']);
  }));

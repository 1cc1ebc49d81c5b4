// Revenue is what Stripe's events say about a moment, in whatever order they came.
import { afterAll, expect, test } from 'vitest';
import { StripeModel } from '../billing/stripe-model.ts';
import { plantTenant, record, type Sql } from '../billing/table.ts';
import { closeDatabase, story } from '../lib/database.ts';

afterAll(closeDatabase);

const day = 86_400;
const start = Math.floor(Date.now() / 1000) - 90 * day;

test('a table’s life in revenue: nothing, a plan, a better one, a year of it, nothing', () =>
  story(async (told) => {
    const sql: Sql = (text, values) => told.root(text, values);
    const tenant = await plantTenant(sql, start - day);
    const stripe = new StripeModel(tenant, start);
    const worth = async (at: number) =>
      sql(
        `select plan_id, billing_interval, currency, monthly_cents::int from private.recurring_revenue(to_timestamp($2))
         where tenant_id = $1`,
        [tenant, at],
      );

    stripe.checkout('adventurer', 'monthly');
    stripe.advance(5 * day);
    stripe.upgrade('dungeon_master');
    stripe.advance(5 * day);
    stripe.deleteNow();
    stripe.advance(5 * day);
    stripe.checkout('guild', 'yearly');
    for (const event of stripe.events.toReversed()) await record(sql, event);

    const paying = { currency: 'usd', billing_interval: 'monthly' };
    expect(await worth(start - 1)).toEqual([]);
    expect(await worth(start + day)).toEqual([{ ...paying, plan_id: 'adventurer', monthly_cents: 900 }]);
    expect(await worth(start + 6 * day)).toEqual([{ ...paying, plan_id: 'dungeon_master', monthly_cents: 1900 }]);
    expect(await worth(start + 11 * day)).toEqual([]);
    expect(await worth(start + 16 * day)).toEqual([
      { currency: 'usd', billing_interval: 'yearly', plan_id: 'guild', monthly_cents: Math.round(29_000 / 12) },
    ]);
  }));

// What is done with single events of Stripe: recorded, applied, refused, tried again.
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, story, type Story } from '../lib/database.ts';
import { StripeModel } from './stripe-model.ts';
import { plantTenant, record, type Sql, stateOf } from './table.ts';

afterAll(closeDatabase);

const start = Math.floor(Date.now() / 1000) - 3600;
const asSql =
  (told: Story): Sql =>
  (sql, values) =>
    told.root(sql, values);

async function customer(told: Story): Promise<{ sql: Sql; stripe: StripeModel; tenant: string }> {
  const sql = asSql(told);
  const tenant = await plantTenant(sql, start - 86_400);
  return { sql, tenant, stripe: new StripeModel(tenant, start) };
}

test('a purchase ends the trial and is the live plan', () =>
  story(async (told) => {
    const { sql, stripe, tenant } = await customer(told);
    stripe.checkout('dungeon_master', 'monthly');
    for (const event of stripe.events) await record(sql, event);
    expect(await stateOf(sql, tenant)).toEqual(stripe.expected());
    const rows = await sql(
      `select plan_id, status, extract(epoch from ended_at)::int as ended from mgmt.subscriptions where tenant_id = $1 order by started_at`,
      [tenant],
    );
    expect(rows).toEqual([
      { plan_id: 'adventurer', status: 'trialing', ended: start },
      { plan_id: 'dungeon_master', status: 'active', ended: null },
    ]);
  }));

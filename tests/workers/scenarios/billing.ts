import { StripeModel } from '../../billing/stripe-model.ts';
import { recordAll } from '../../billing/table.ts';
import type { Bought } from '../own-stripe.ts';
import type { Scratch, Table } from '../scratch.ts';
import { notices, type Planted, type Scenario, type World } from './scenario.ts';

const day = 86_400;
const price = { key: 'glyphoxa_guild_monthly', cents: 2900 };
const now = () => Math.floor(Date.now() / 1000);

/** A table whose trial began and ended long before everything else, and that has been on the free plan since. */
async function oldTable({ scratch }: World, name: string): Promise<Table> {
  const table = await scratch.reused(name);
  await scratch.trial(table, 90);
  await settle(scratch, table);
  return table;
}

/** So that no other job has anything to do with it. */
async function settle(scratch: Scratch, { tenant }: Table): Promise<void> {
  await scratch.root('select private.project_billing($1)', [tenant]);
  await scratch.root('delete from mgmt.notifications where tenant_id = $1', [tenant]);
}

/** What of a tenant's plans is to be seen: every row it ever had, and what its Owner was told. */
async function plans(world: World, tenant: string): Promise<unknown> {
  return {
    rows: await world.scratch.root(
      `select plan_id, status, stands_in, ended_at is not null as over, current_period_end > private.now() as runs
       from mgmt.subscriptions where tenant_id = $1 order by started_at, ended_at`,
      [tenant],
    ),
    told: await notices(world, tenant),
  };
}

/** A subscription that runs at Stripe, whose second payment failed so many days ago, as the database heard of it some days later. */
async function unpaid(world: World, { tenant }: Table, began: number, heardAfter: number): Promise<string> {
  const bought = await world.stripe.buy(tenant, price.key, price.cents);
  const model = new StripeModel(tenant, now() - began * day);
  model.checkout('guild', 'monthly');
  model.renew(false);
  await heard(world, model, bought, model.now + heardAfter * day);
  return bought.subscription;
}

/** The model's events, about the subscription at the simulator, recorded at that moment. */
async function heard({ scratch }: World, model: StripeModel, bought: Bought, moment: number): Promise<void> {
  const events = JSON.stringify(model.events)
    .replaceAll(model.current!.id, bought.subscription)
    .replaceAll(model.customer, bought.customer);
  await scratch.clock(`${moment - now()} seconds`);
  await recordAll((sql, values) => scratch.root(sql, values), JSON.parse(events) as StripeModel['events']);
  await scratch.clock('0 seconds');
}

async function atStripe({ stripe }: World, subscription: string): Promise<unknown> {
  return {
    status: (await stripe.client.subscriptions.retrieve(subscription)).status,
    canceled: await stripe.ends(subscription),
  };
}

async function tenantToDelete(world: World): Promise<Planted> {
  const { scratch, stripe, files } = world;
  const table = await scratch.table();
  await scratch.trial(table, 90);
  await settle(scratch, table);
  const { tenant, owner } = table;
  const bought = await stripe.buy(tenant, price.key, price.cents);
  const { subscription } = bought;
  const model = new StripeModel(tenant, now() - 2 * day);
  model.checkout('guild', 'monthly');
  await heard(world, model, bought, model.now + day);
  await files.put('images', `${tenant}/art/tavern.png`);
  await files.put('voice-samples', `${tenant}/voices/bard.wav`);
  const name = await scratch.one<string>('select name as answer from public.tenants where id = $1', [tenant]);
  const schema = await scratch.one<string>('select private.tenant_schema($1) as answer', [tenant]);
  await scratch.as(owner, 'select mgmt.delete_tenant($1)', [name]);
  return {
    payload: { tenant_id: tenant },
    marks: [subscription, `${tenant}/`],
    seen: async () => ({
      purged: await scratch.root(
        'select purged_at is not null as purged from private.tenant_deletions where tenant_id = $1',
        [tenant],
      ),
      rows: await scratch.root(
        `select (select count(*)::int from public.tenants where id = $1) as tenants,
           (select count(*)::int from mgmt.subscriptions where tenant_id = $1) as plans,
           (select count(*)::int from storage.objects where starts_with(name, $1 || '/')) as files,
           to_regnamespace($2) is null as dropped`,
        [tenant, schema],
      ),
      files: files.of(tenant),
      stripe: await atStripe(world, subscription),
    }),
  };
}

export const billingJobs: Scenario[] = [
  {
    job: 'trial.expire',
    async plant(world) {
      const table = await world.scratch.reused('trial.expire');
      await world.scratch.trial(table, 15);
      const other = await world.scratch.reused('trial.expire soon');
      await world.scratch.trial(other, 12);
      return {
        payload: {},
        seen: async () => [await plans(world, table.tenant), await plans(world, other.tenant)],
      };
    },
  },
  {
    job: 'grace.suspend',
    async plant(world) {
      const table = await oldTable(world, 'grace.suspend');
      // Failed nine to twelve days ago, by the length of the month before.
      await unpaid(world, table, 40, 1);
      return { payload: {}, seen: () => plans(world, table.tenant) };
    },
  },
  {
    job: 'subscription.roll',
    async plant(world) {
      const table = await world.scratch.reused('subscription.roll');
      await world.scratch.trial(table, 90);
      await world.scratch.root(
        `update mgmt.subscriptions set plan_id = 'apprentice', status = 'active', trial_end = null, started_at = private.now() - interval '70 days',
           current_period_start = private.now() - interval '70 days', current_period_end = private.now() - interval '40 days'
         where tenant_id = $1`,
        [table.tenant],
      );
      return { payload: {}, seen: () => plans(world, table.tenant) };
    },
  },
  {
    job: 'subscription.finalize',
    async plant(world) {
      const tables = [await oldTable(world, 'subscription.finalize'), await oldTable(world, 'another')];
      const marks: string[] = [];
      // Failed 31 to 34 days ago.
      for (const table of tables) marks.push(await unpaid(world, table, 62, 10));
      return {
        payload: {},
        marks,
        seen: async () => ({
          here: [await plans(world, tables[0]!.tenant), await plans(world, tables[1]!.tenant)],
          stripe: [await atStripe(world, marks[0]!), await atStripe(world, marks[1]!)],
        }),
      };
    },
  },
  {
    job: 'stripe.reconcile',
    async plant(world) {
      const table = await oldTable(world, 'stripe.reconcile');
      // All news of it were lost.
      const { subscription } = await world.stripe.buy(table.tenant, price.key, price.cents);
      return {
        payload: { stripe_subscription_id: subscription },
        seen: async () => ({
          plans: await plans(world, table.tenant),
          money: await world.scratch.root(
            `select (select count(*)::int from mgmt.invoices where tenant_id = $1 and status = 'paid') as invoices,
               (select count(*)::int from mgmt.payments where tenant_id = $1 and status = 'succeeded') as payments`,
            [table.tenant],
          ),
          looks: await world.scratch.root(
            `select type, outcome, count(*)::int from private.payment_events
             where payload -> 'data' -> 'object' ->> 'customer' = (
               select payload -> 'data' -> 'object' ->> 'customer' from private.payment_events
               where payload -> 'data' -> 'object' ->> 'id' = $1 limit 1
             )
             group by type, outcome order by type`,
            [subscription],
          ),
          stripe: await atStripe(world, subscription),
        }),
      };
    },
  },
  { job: 'tenant.delete', plant: tenantToDelete },
];

// Deleting a table at the same moment as something else happens to it: each waits for the other, and nobody is left behind.
import type pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase, connectAs, refused } from '../lib/database.ts';
import { until } from '../realtime/lib.ts';
import { invite, member, newcomer, owner, placeOf, tenantOf } from '../members/table.ts';
import type { SignedIn } from '../lib/people.ts';

afterAll(closeDatabase);

interface Side {
  client: pg.Client;
  pid: number;
}

/** A transaction in which that person, or root, acts. */
async function begin(who?: SignedIn): Promise<Side> {
  const client = await connectAs('DATABASE_URL');
  await client.query('begin');
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  if (who) {
    await client.query(`select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)`, [
      JSON.stringify({ sub: who.userId, role: 'authenticated' }),
    ]);
  }
  return { client, pid: rows[0]!.pid };
}

const untilWaiting = ({ pid }: Side) =>
  until('the other one waits', async () => {
    const [row] = await asRoot<{ blocked: boolean }>('select cardinality(pg_blocking_pids($1)) > 0 as blocked', [pid]);
    return row!.blocked;
  });

async function tableName(tenant: string): Promise<string> {
  const [row] = await asRoot<{ name: string }>('select name from public.tenants where id = $1', [tenant]);
  return row!.name;
}

async function together(sides: Side[], act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } finally {
    await Promise.all(sides.map(({ client }) => client.end()));
  }
}

test('news of a payment comes before the deletion or after it, and neither is refused', async () => {
  const alice = await owner('alice');
  const tenant = await tenantOf(alice);
  // A table that has played before; otherwise the two meet at the table's row already.
  await asRoot('select private.lock_billing($1)', [tenant]);
  const [news, deletion] = [await begin(), await begin(alice)];
  await together([news, deletion], async () => {
    await news.client.query('select private.lock_billing($1)', [tenant]);
    const deleted = deletion.client.query('select mgmt.delete_tenant($1)', [await tableName(tenant)]);
    deleted.catch(() => undefined);
    await untilWaiting(deletion);
    await news.client.query(
      `insert into mgmt.payments (tenant_id, kind, status, amount_cents, currency, occurred_at, stripe_invoice_id)
       values ($1, 'payment', 'succeeded', 900, 'usd', now(), 'in_' || $1)`,
      [tenant],
    );
    await news.client.query('commit');
    await deleted;
    await deletion.client.query('commit');
  });
  expect(await placeOf(alice)).toBeNull();
});

test('news of a payment that waits for the purge is no failure', async () => {
  const tenant = await tenantOf(await owner('alice'));
  await asRoot(`insert into private.stripe_customers (stripe_customer_id, tenant_id) values ('cus_' || $1, $1)`, [
    tenant,
  ]);
  await asRoot(
    `insert into private.tenant_deletions (tenant_id, name, members, asked_at) values ($1, 'Gone', '{}', private.now())`,
    [tenant],
  );
  const event = {
    id: `evt_${tenant}`,
    type: 'charge.refunded',
    created: Math.floor(Date.now() / 1000),
    data: { object: { id: `ch_${tenant}`, object: 'charge', customer: `cus_${tenant}`, amount_refunded: 900 } },
  };
  const [purge, news] = [await begin(), await begin()];
  await together([purge, news], async () => {
    await purge.client.query('select private.purge_tenant($1)', [tenant]);
    const recorded = news.client.query<{ done: object }>('select mgmt.record_stripe_event($1) as done', [
      JSON.stringify(event),
    ]);
    recorded.catch(() => undefined);
    await untilWaiting(news);
    await purge.client.query('commit');
    expect((await recorded).rows[0]!.done).toEqual({ event_id: event.id, outcome: 'ignored' });
    await news.client.query('commit');
  });
});

test('whoever is just joining goes with the table', async () => {
  const alice = await owner('alice');
  const tenant = await tenantOf(alice);
  const bob = await newcomer('bob');
  const { token } = await invite(alice);
  const [joining, deletion] = [await begin(bob), await begin(alice)];
  await together([joining, deletion], async () => {
    await joining.client.query('select mgmt.accept_invite($1)', [token]);
    const deleted = deletion.client.query('select mgmt.delete_tenant($1)', [await tableName(tenant)]);
    deleted.catch(() => undefined);
    await untilWaiting(deletion);
    await joining.client.query('commit');
    await deleted;
    await deletion.client.query('commit');
  });
  expect([await placeOf(alice), await placeOf(bob)]).toEqual([null, null]);
  const [known] = await asRoot('select members from private.tenant_deletions where tenant_id = $1', [tenant]);
  expect(known).toEqual({ members: expect.arrayContaining([alice.userId, bob.userId]) as string[] });
});

test('nobody joins a table that is being deleted, and no operator gives it an Owner', async () => {
  const alice = await owner('alice');
  const tenant = await tenantOf(alice);
  const bob = await newcomer('bob');
  const [making, deletion, joining] = [await begin(alice), await begin(alice), await begin(bob)];
  await together([making, deletion, joining], async () => {
    const made = await making.client.query<{ made: { token: string } }>(`select mgmt.create_invite('viewer') as made`);
    const deleted = deletion.client.query('select mgmt.delete_tenant($1)', [await tableName(tenant)]);
    deleted.catch(() => undefined);
    await untilWaiting(deletion);
    await making.client.query('commit');
    await deleted;
    // Made when the invitations had been revoked already.
    const joined = refused(joining.client.query('select mgmt.accept_invite($1)', [made.rows[0]!.made.token]));
    await untilWaiting(joining);
    await deletion.client.query('commit');
    expect(await joined).toMatchObject({ status: 410, code: 'gone' });
  });
  expect(await placeOf(bob)).toBeNull();
});

test('an operator who waits for a table to be handed over leaves it its new Owner', async () => {
  const [alice, erin] = [await owner('alice'), await owner('erin')];
  const bob = await member(alice, 'bob', 'dm');
  await asRoot(`update mgmt.users set role = 'super_admin' where id = $1`, [erin.userId]);
  const [handing, operating] = [await begin(alice), await begin(erin)];
  await together([handing, operating], async () => {
    await handing.client.query('select mgmt.transfer_ownership($1)', [bob.userId]);
    const demoted = refused(
      operating.client.query('select mgmt.admin_set_role($1, $2, $3)', [bob.userId, 'viewer', 'Asked for in a ticket']),
    );
    await untilWaiting(operating);
    await handing.client.query('commit');
    expect(await demoted).toMatchObject({ status: 409, code: 'last_owner' });
  });
  expect(await placeOf(bob)).toMatchObject({ role: 'tenant_owner' });
});
